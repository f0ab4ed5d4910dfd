import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  type KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { GetResourcesCommand, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { StepCatalog } from "@leasehold/db/control/operations/step-call";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import { keyAliasOf } from "@leasehold/domain/placement";
import { keyPolicyOf } from "./key-policy.ts";
import { resourceKinds, tenantTag } from "./resource-names.ts";

/** The shortest waiting period that KMS has (ScheduleKeyDeletion, `PendingWindowInDays`: 7 to 30). */
const deletionWindowDays = 7;

interface KeyState {
  arn: string;
  usable: boolean;
}

export async function describeKey(kms: KMSClient, id: string): Promise<KeyState | undefined> {
  const answer = await kms.send(new DescribeKeyCommand({ KeyId: id })).catch(ifNamed("NotFoundException"));
  const key = answer?.KeyMetadata;
  return key?.Arn === undefined ? undefined : { arn: key.Arn, usable: key.KeyState === "Enabled" };
}

/**
 * A tenant's key that an earlier attempt made: by its alias, or, when the attempt ended before it was named, by its tag.
 */
export async function findKey(kms: KMSClient, tagging: ResourceGroupsTaggingAPIClient, tenantId: string): Promise<string | undefined> {
  const named = await describeKey(kms, keyAliasOf(tenantId));
  if (named?.usable) return named.arn;
  for (const arn of await listTaggedKeys(tagging, tenantId)) {
    if ((await describeKey(kms, arn))?.usable) return arn;
  }
  return undefined;
}

/** ARNs of all keys that carry the tenant's tag, those waiting for their deletion too. */
export async function listTaggedKeys(tagging: ResourceGroupsTaggingAPIClient, tenantId: string): Promise<string[]> {
  const found: string[] = [];
  let PaginationToken: string | undefined;
  do {
    const page = await tagging.send(
      new GetResourcesCommand({ TagFilters: [{ Key: tenantTag, Values: [tenantId] }], ResourceTypeFilters: ["kms:key"], PaginationToken }),
    );
    found.push(...(page.ResourceTagMappingList ?? []).flatMap(({ ResourceARN }) => (ResourceARN === undefined ? [] : [ResourceARN])));
    PaginationToken = page.PaginationToken || undefined;
  } while (PaginationToken !== undefined);
  return found;
}

export async function createKey(
  kms: KMSClient,
  { tenantId, tenantRoleArn, emulated }: { tenantId: string; tenantRoleArn: string; emulated: boolean },
): Promise<string> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: `Wraps the data keys of ${tenantId}`,
      Policy: JSON.stringify(keyPolicyOf(tenantId, tenantRoleArn, { emulated })),
      Tags: [{ TagKey: tenantTag, TagValue: tenantId }],
    }),
  );
  if (KeyMetadata?.Arn === undefined) throw new Error("KMS answered without a key");
  return KeyMetadata.Arn;
}

/** Names the key and switches its yearly rotation on; both may be so already. A name that another key has is taken from it. */
export async function nameAndRotateKey(kms: KMSClient, tenantId: string, arn: string): Promise<void> {
  await Promise.all([nameKey(kms, tenantId, arn), kms.send(new EnableKeyRotationCommand({ KeyId: arn }))]);
}

async function nameKey(kms: KMSClient, tenantId: string, arn: string): Promise<void> {
  const naming = new CreateAliasCommand({ AliasName: keyAliasOf(tenantId), TargetKeyId: arn });
  try {
    await kms.send(naming);
  } catch (error) {
    ifNamed("AlreadyExistsException")(error);
    if ((await describeKey(kms, keyAliasOf(tenantId)))?.arn === arn) return;
    await dropAlias(kms, tenantId);
    await kms.send(naming);
  }
}

/** Switches the key off and schedules its deletion, so many days ahead; all of it may have happened already. */
export async function retireKey(kms: KMSClient, arn: string, windowDays: number = deletionWindowDays): Promise<void> {
  const state = await kms.send(new DescribeKeyCommand({ KeyId: arn })).catch(ifNamed("NotFoundException"));
  const keyState = state?.KeyMetadata?.KeyState;
  if (keyState === undefined || keyState === "PendingDeletion") return;
  if (keyState === "Enabled") await kms.send(new DisableKeyCommand({ KeyId: arn }));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: windowDays }));
}

/** ARNs of the tenant's own key that the catalog has: noted as soon as it was made, and later where the tenant's place is. */
export function recordedKeys({ resources, placement }: StepCatalog): string[] {
  const noted = resources.find(({ kind }) => kind === resourceKinds.key)?.ref;
  return [noted, placement?.keyArn].filter((arn): arn is string => Boolean(arn) && poolOfKey(arn ?? "") === undefined);
}

/** Retires every key of a tenant: the recorded ones, the one that has its name, and those that carry its tag. The name goes last. */
export async function retireKeysOf(
  { kms, tagging }: { kms: KMSClient; tagging: ResourceGroupsTaggingAPIClient },
  tenantId: string,
  recorded: readonly string[],
): Promise<void> {
  const named = await describeKey(kms, keyAliasOf(tenantId));
  const arns = new Set([...recorded, ...(named === undefined ? [] : [named.arn]), ...(await listTaggedKeys(tagging, tenantId))]);
  for (const arn of arns) await retireKey(kms, arn);
  await dropAlias(kms, tenantId);
}

export async function dropAlias(kms: KMSClient, tenantId: string): Promise<void> {
  await kms.send(new DeleteAliasCommand({ AliasName: keyAliasOf(tenantId) })).catch(ifNamed("NotFoundException"));
}

/** Swallows the one error that says that there is nothing left to do. */
function ifNamed(name: string) {
  return (error: unknown): undefined => {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  };
}
