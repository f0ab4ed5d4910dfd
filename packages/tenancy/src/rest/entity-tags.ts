import { DomainError } from "@leasehold/domain/errors";

const longest = 1_000;

/** The strong entity tag of a version. It says nothing of whose, or of what: it counts for the address that it came from. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The versions that a change may go on from, as `If-Match` has them; undefined without one, and for `*`, which whatever is there fulfils. A
 * weak tag is no version. Throws VALIDATION (`if-match-malformed`).
 */
export function readIfMatch(header: string | string[] | undefined): readonly number[] | undefined {
  if (header === undefined || header === "*") return undefined;
  const tags = readTags(String(header));
  if (tags === undefined) {
    throw new DomainError("VALIDATION", 'If-Match: Send the ETag that you were given, such as "3".', {
      field: "If-Match",
      reason: "if-match-malformed",
    });
  }
  return tags.filter(({ weak, text }) => !weak && /^\d{1,9}$/.test(text)).map(({ text }) => Number(text));
}

/** Whether the reader has this version already, by its `If-None-Match`; one that cannot be read is passed over. */
export function isNoneMatch(header: string | string[] | undefined, version: number): boolean {
  if (header === "*") return true;
  return readTags(String(header ?? ""))?.some(({ text }) => text === String(version)) ?? false;
}

/** RFC 9110, section 8.8.3; undefined for anything else. */
function readTags(header: string): { weak: boolean; text: string }[] | undefined {
  if (header.length > longest) return undefined;
  const tag = /\s*(W\/)?"([\x21\x23-\x7e]*)"\s*(?:,|$)/y;
  const tags: { weak: boolean; text: string }[] = [];
  while (tag.lastIndex < header.length) {
    const found = tag.exec(header);
    if (found === null) return undefined;
    tags.push({ weak: found[1] !== undefined, text: found[2] ?? "" });
  }
  return tags.length > 0 ? tags : undefined;
}

/** PRECONDITION_FAILED for a change that was made from another version, with what to do. */
export function versionless(): DomainError {
  return new DomainError("PRECONDITION_FAILED", "What is changed here has no ETag. Send the request without If-Match.", {
    reason: "no-version",
    field: "If-Match",
  });
}
