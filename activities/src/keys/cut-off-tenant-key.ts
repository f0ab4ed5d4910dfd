import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { DomainError } from "@leasehold/domain/errors";

/**
 * Idempotent by key ARN. Switches the tenant's own key off, for a suspension: credentials that were vended before open nothing from
 * then on, however long they last. Data keys that are held in memory end with their lease. Not for a customer's key.
 */
export async function cutOffTenantKey(kms: KMSClient, keyArn: string): Promise<"cut-off" | "retired"> {
  if ((await stateOf(kms, keyArn)) === "PendingDeletion") return "retired";
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  return "cut-off";
}

/** Idempotent by key ARN. Switches it on again. Throws PRECONDITION_FAILED (`key-retired`) when its deletion is scheduled. */
export async function restoreTenantKey(kms: KMSClient, keyArn: string): Promise<void> {
  if ((await stateOf(kms, keyArn)) === "PendingDeletion") {
    throw new DomainError("PRECONDITION_FAILED", "The tenant's key waits for its deletion.", { reason: "key-retired" });
  }
  await kms.send(new EnableKeyCommand({ KeyId: keyArn }));
}

async function stateOf(kms: KMSClient, keyArn: string): Promise<string | undefined> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
  return KeyMetadata?.KeyState;
}
