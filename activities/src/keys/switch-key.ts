import { DisableKeyCommand, EnableKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { DomainError } from "@leasehold/domain/errors";
import { askKms, isGoing } from "../offboarding/keys/ask-kms.ts";

/**
 * Idempotent by key ARN. Switches a key off at once: credentials and links that were given out before open nothing from then on.
 * `retired` is a key that is destroyed, or waits for it: it is off already.
 */
export async function switchKeyOff(kms: KMSClient, keyArn: string): Promise<"off" | "retired"> {
  const { state } = await askKms(kms, keyArn);
  if (isGoing(state)) return "retired";
  if (state !== "Disabled") await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  return "off";
}

/** Idempotent by key ARN. Switches a key on again. Throws PRECONDITION_FAILED (`key-retired`). */
export async function switchKeyOn(kms: KMSClient, keyArn: string): Promise<void> {
  const { state } = await askKms(kms, keyArn);
  if (isGoing(state)) throw keyRetired();
  if (state !== "Enabled") await kms.send(new EnableKeyCommand({ KeyId: keyArn }));
}

export function keyRetired(): DomainError {
  return new DomainError("PRECONDITION_FAILED", "The tenant's key is destroyed, or waits for it.", { reason: "key-retired" });
}
