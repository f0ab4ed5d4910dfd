import { DomainError } from "@leasehold/domain/errors";

/** A place in an ordered list: the sort value of the last row shown, and its id. Opaque to whoever carries it. */
export type CursorParts = [value: string, id: string];

export function encodeCursor(parts: CursorParts): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** @throws DomainError VALIDATION when the text is not a cursor that `encodeCursor` made. */
export function decodeCursor(cursor: string): CursorParts {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === "string")) return parts as CursorParts;
  } catch {
    // Falls through to the one answer for every malformed cursor.
  }
  throw new DomainError("VALIDATION", "This page of the list cannot be found. Start again from the first page.", { field: "cursor" });
}
