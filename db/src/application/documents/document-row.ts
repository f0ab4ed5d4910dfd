import { DomainError } from "@leasehold/domain/errors";
import type { documents } from "../schema/documents.ts";

export type DocumentRow = typeof documents.$inferSelect;

/** A missing document and another tenant's are the same. */
export function documentNotFound(): DomainError {
  return new DomainError("NOT_FOUND", "There is no such document.", { reason: "document-unknown" });
}

export function nameTaken(): DomainError {
  return new DomainError("CONFLICT", "There is one with this name already. Choose another name.", { reason: "name-taken", field: "name" });
}
