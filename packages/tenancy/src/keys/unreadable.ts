import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { customerKeyClosed, type KeyClosure, keyClosureLabels, keyLostReason } from "@leasehold/domain/keys/custody";

/**
 * A stored value that does not authenticate: a fault, never the caller's doing, so not a DomainError. Its words are always the
 * same, whatever was changed; what it was is in the cause, for the log.
 */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";

  constructor(detail: string, options: { cause?: unknown } = {}) {
    super("A stored value does not open for its tenant and place.", { cause: new Error(detail, options) });
  }
}

/** KMS or the keyring did not give the tenant's key. */
export function keyUnavailable(cause: unknown): DomainError {
  return new DomainError("UNAVAILABLE", "The workspace's encryption key cannot be used right now. Try again shortly.", {
    reason: "key-unavailable",
    retryAfterSeconds: 5,
    cause,
  });
}

const closures: Record<string, KeyClosure> = {
  DisabledException: "key-disabled",
  KMSInvalidStateException: "key-deletion-pending",
  KeyUnavailableException: "key-disabled",
  NotFoundException: "key-missing",
  AccessDeniedException: "key-access-denied",
};

/** In which way a customer's key is closed, by what KMS answered; undefined for an outage. */
export function closureOf(error: unknown): KeyClosure | undefined {
  return error instanceof Error ? closures[error.name] : undefined;
}

/** The customer has switched their key off: their decision, and not ended by trying again. The field names how. */
export function customerKeyRefused(closure: KeyClosure, cause: unknown): DomainError {
  const message = `Your organization's encryption key does not open this workspace: ${keyClosureLabels[closure]}. Its administrators can enable it again.`;
  return new DomainError("PRECONDITION_FAILED", message, { reason: customerKeyClosed, field: closure, cause });
}

/** The version of the data key that something is under is gone for good, which nobody who asks again can mend. */
export function keyLost(lostAt: Date | null, cause: unknown): DomainError {
  const lost = lostAt === null ? "its encryption key was lost" : `its encryption key was lost on ${lostAt.toISOString().slice(0, 10)}`;
  const message = `This cannot be opened any more: ${lost}, and what was encrypted with it before then stays closed. Your workspace's owners can ask support what is affected.`;
  return new DomainError("PRECONDITION_FAILED", message, { reason: keyLostReason, cause });
}

export function isKeyLost(error: unknown): boolean {
  return isDomainError(error) && error.reason === keyLostReason;
}

/** What never opens again as it is: changed bytes, or a key that is lost. */
export function isUnopenable(error: unknown): boolean {
  return error instanceof UnreadableError || isKeyLost(error);
}
