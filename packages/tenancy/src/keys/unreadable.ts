import { DomainError } from "@leasehold/domain/errors";

/** A stored value that does not authenticate: a fault, never the caller's doing, so not a DomainError. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}

/** KMS or the keyring did not give the tenant's key. */
export function keyUnavailable(cause: unknown): DomainError {
  return new DomainError("UNAVAILABLE", "The workspace's encryption key cannot be used right now. Try again shortly.", {
    reason: "key-unavailable",
    retryAfterSeconds: 5,
    cause,
  });
}
