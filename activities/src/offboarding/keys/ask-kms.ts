import { DescribeKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { type KeyEvidence, type KmsKeyState, kmsKeyStates } from "@leasehold/domain/offboarding/certificate";

export type KmsAnswer = Pick<KeyEvidence, "state" | "deletionDate" | "answeredAt">;

/**
 * What KMS says of a key now, in its own words. A key that it does not know any more is `NotFound`; one that its owner does not let us
 * look at is `NotOurs`. Throws what says nothing about the key: throttling, outages.
 */
export async function askKms(kms: KMSClient, keyArn: string): Promise<KmsAnswer> {
  const answeredAt = () => new Date().toISOString();
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
    const state = kmsKeyStates.find((known) => known === KeyMetadata?.KeyState);
    if (state === undefined) throw new Error("KMS answered a state that is not known");
    const date = KeyMetadata?.DeletionDate;
    return { state, ...(date === undefined ? {} : { deletionDate: date.toISOString() }), answeredAt: answeredAt() };
  } catch (error) {
    const state = stateByError(error);
    if (state === undefined) throw error;
    return { state, answeredAt: answeredAt() };
  }
}

function stateByError(error: unknown): KmsKeyState | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "NotFoundException") return "NotFound";
  return error.name === "AccessDeniedException" ? "NotOurs" : undefined;
}

/** Whether KMS opens nothing with a key any more, for good unless somebody takes the key out of its deletion. */
export function isGoing(state: KmsKeyState): boolean {
  return state === "NotFound" || state === "PendingDeletion" || state === "PendingReplicaDeletion";
}
