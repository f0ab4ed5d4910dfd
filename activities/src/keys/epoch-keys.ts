import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  type KeyMetadata,
  type KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { type MadeBranchKey, readEnvironment } from "@leasehold/db/keyring/epochs/open-epoch";
import { epochAliasOf } from "@leasehold/domain/keys/epochs";
import { generateBranchKey } from "@leasehold/tenancy/keys/branch-key";
import type { OnboardingDependencies } from "../onboarding/dependencies.ts";
import { retireKey } from "../onboarding/tenant-keys.ts";
import { epochKeyPolicyOf } from "./epoch-key-policy.ts";

/** The tags that the KMS key of an epoch carries. */
export const poolTag = "leasehold:pool";
export const epochTag = "leasehold:epoch";

type Needs = Pick<OnboardingDependencies, "kms" | "tenantRoleArn" | "emulated">;

/**
 * Idempotent by pool and epoch. A KMS key for an epoch and a branch key under it. The key's name is taken once: an attempt that ended
 * before its key was written down leaves it to the next, and of two the one without the name is retired.
 */
export async function makeBranchKey(needs: Needs, { pool, epoch }: EpochRef, environment: string): Promise<MadeBranchKey> {
  const { kms } = needs;
  const alias = epochAliasOf(environment, pool, epoch);
  const keyArn = (await findNamed(kms, alias)) ?? (await createEpochKey(needs, { pool, epoch }, alias));
  return { keyArn, wrapped: await generateBranchKey(kms, { pool, epoch, keyArn }) };
}

async function createEpochKey({ kms, tenantRoleArn, emulated }: Needs, ref: EpochRef, alias: string): Promise<string> {
  const { pool, epoch } = ref;
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: `Wraps the branch key of ${pool}, epoch ${epoch}`,
      Policy: JSON.stringify(epochKeyPolicyOf(ref, tenantRoleArn, { emulated })),
      Tags: [
        { TagKey: poolTag, TagValue: pool },
        { TagKey: epochTag, TagValue: String(epoch) },
      ],
    }),
  );
  const arn = KeyMetadata?.Arn;
  if (arn === undefined) throw new Error("KMS answered without a key");
  try {
    await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: arn }));
    return arn;
  } catch (error) {
    await retireKey(kms, arn);
    const named = await findNamed(kms, alias);
    if (named === undefined) throw error;
    return named;
  }
}

async function findNamed(kms: KMSClient, alias: string): Promise<string | undefined> {
  const found = await describe(kms, alias);
  return found?.KeyState === "Enabled" ? found.Arn : undefined;
}

/**
 * Idempotent by ARN. Switches the key of a retired epoch off and schedules its deletion.
 * @param days how long KMS waits, 7 to 30 (ScheduleKeyDeletion, `PendingWindowInDays`)
 * @returns its state as KMS answers it
 */
export async function endEpochKey(
  { kms, keyring }: Pick<OnboardingDependencies, "kms" | "keyring">,
  { keyArn, pool, epoch }: EpochRef & { keyArn: string },
  days: number,
): Promise<{ keyState: string; deletionAt: Date | null }> {
  const found = await describe(kms, keyArn);
  if (found?.KeyState === "Enabled") await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  if (found !== undefined && found.KeyState !== "PendingDeletion") {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: days }));
  }
  await kms.send(new DeleteAliasCommand({ AliasName: epochAliasOf(await readEnvironment(keyring), pool, epoch) })).catch(ifGone);
  const ended = await describe(kms, keyArn);
  return { keyState: ended?.KeyState ?? "NotFound", deletionAt: ended?.DeletionDate ?? null };
}

async function describe(kms: KMSClient, KeyId: string): Promise<KeyMetadata | undefined> {
  return (await kms.send(new DescribeKeyCommand({ KeyId })).catch(ifGone))?.KeyMetadata;
}

function ifGone(error: unknown): undefined {
  if (error instanceof Error && error.name === "NotFoundException") return undefined;
  throw error;
}
