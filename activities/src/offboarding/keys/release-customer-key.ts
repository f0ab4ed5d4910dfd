import { type GrantListEntry, type KMSClient, ListGrantsCommand, RetireGrantCommand } from "@aws-sdk/client-kms";
import { listGrants, noteGrantReleased } from "@leasehold/db/control/keys/note-grant";
import { DomainError } from "@leasehold/domain/errors";
import { grantNameOf } from "@leasehold/domain/keys/custody";
import type pg from "pg";
import { isGrantOver, isKeyKept } from "../../keys/kms-refusals.ts";
import type { StoreRef } from "../stores/store.ts";

/**
 * Idempotent by key ARN. Ends every grant that the tenant's role has on a customer's key, and looks again: by the list of grants where
 * the key's owner lets us read it, otherwise by ending each a second time, which KMS refuses for one that is gone.
 * Throws UNAVAILABLE (`grant-remains`).
 */
export async function releaseCustomerKey(
  { control, kms }: { control: pg.Pool; kms: KMSClient },
  { tenantId }: Pick<StoreRef, "tenantId">,
  keyArn: string,
): Promise<void> {
  const noted = (await listGrants(control, tenantId)).filter((grant) => grant.keyArn === keyArn).flatMap(({ grantId }) => grantId ?? []);
  const listed = await listOurs(kms, tenantId, keyArn);
  for (const GrantId of new Set([...noted, ...(listed ?? [])])) await retire(kms, keyArn, GrantId);
  if (!(await isReleased(kms, tenantId, keyArn, noted))) {
    throw new DomainError("UNAVAILABLE", "A grant on the customer's key has not ended yet.", { reason: "grant-remains" });
  }
  await noteGrantReleased(control, { tenantId, keyArn });
}

/** Changes nothing that is not to be changed: whether no grant of the tenant's is on the key. */
export async function isReleased(kms: KMSClient, tenantId: string, keyArn: string, noted: readonly string[] = []): Promise<boolean> {
  const listed = await listOurs(kms, tenantId, keyArn);
  if (listed !== undefined) return listed.length === 0;
  for (const GrantId of noted) if ((await retire(kms, keyArn, GrantId)) === "retired") return false;
  return true;
}

/** Ids of the tenant's grants on the key; undefined where its owner does not let us see them. */
async function listOurs(kms: KMSClient, tenantId: string, keyArn: string): Promise<string[] | undefined> {
  const found: GrantListEntry[] = [];
  let Marker: string | undefined;
  try {
    do {
      const page = await kms.send(new ListGrantsCommand({ KeyId: keyArn, Marker }));
      found.push(...(page.Grants ?? []));
      Marker = page.Truncated === true ? page.NextMarker : undefined;
    } while (Marker !== undefined);
  } catch (error) {
    if (isKeyKept(error)) return undefined;
    if (isGrantOver(error)) return [];
    throw error;
  }
  return found.filter(({ Name }) => Name === grantNameOf(tenantId)).flatMap(({ GrantId }) => GrantId ?? []);
}

async function retire(kms: KMSClient, keyArn: string, GrantId: string): Promise<"retired" | "gone"> {
  try {
    await kms.send(new RetireGrantCommand({ KeyId: keyArn, GrantId }));
    return "retired";
  } catch (error) {
    if (isGrantOver(error) || isKeyKept(error)) return "gone";
    throw error;
  }
}
