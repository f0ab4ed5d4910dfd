/** KMS's words for a key that opens nothing for anybody: off, waiting for its deletion, or gone. */
const closed = ["DisabledException", "KMSInvalidStateException", "NotFoundException"] as const;
/** Its owner keeps it from us. */
const kept = "AccessDeniedException";

/** Whether KMS refuses because the key opens nothing for us. Throttling and outages say nothing about a key. */
export function isKeyRefused(error: unknown): boolean {
  return isNamed(error, [...closed, kept]);
}

/** Whether KMS says that a grant is gone, or that its key opens nothing for anybody. */
export function isGrantOver(error: unknown): boolean {
  return isNamed(error, [...closed, "InvalidGrantIdException"]);
}

/** Whether a key's owner keeps it from us. */
export function isKeyKept(error: unknown): boolean {
  return isNamed(error, [kept]);
}

function isNamed(error: unknown, names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
