import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { withholdKeys } from "@leasehold/db/keyring/data-keys/withhold-keys";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type pg from "pg";

interface Needs {
  kms: KMSClient;
  keyring: pg.Pool;
}

interface TenantKeyRef {
  tenantId: TenantId;
  /** ARN of the tenant's own key, or `epoch:<pool>`. */
  keyArn: string;
}

/**
 * Idempotent by tenant and key. For a suspension: switches the tenant's own key off, so that credentials that were vended before open
 * nothing from then on, however long they last. Where the key is its pool's, the keyring keeps the tenant's wrapped keys from the
 * application plane; other tenants notice nothing. Data keys that are held in memory end with their lease. Not for a customer's key.
 */
export async function cutOffTenantKey({ kms, keyring }: Needs, { tenantId, keyArn }: TenantKeyRef): Promise<"cut-off" | "retired"> {
  if (poolOfKey(keyArn) !== undefined) return (await withholdKeys(keyring, tenantId, true)) === 0 ? "retired" : "cut-off";
  if ((await stateOf(kms, keyArn)) === "PendingDeletion") return "retired";
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  return "cut-off";
}

/** Idempotent by tenant and key. Switches it on again. Throws PRECONDITION_FAILED (`key-retired`) when it is destroyed, or its deletion scheduled. */
export async function restoreTenantKey({ kms, keyring }: Needs, { tenantId, keyArn }: TenantKeyRef): Promise<void> {
  const pooled = poolOfKey(keyArn) !== undefined;
  const retired = pooled ? (await withholdKeys(keyring, tenantId, false)) === 0 : (await stateOf(kms, keyArn)) === "PendingDeletion";
  if (retired) throw new DomainError("PRECONDITION_FAILED", "The tenant's key is destroyed, or waits for it.", { reason: "key-retired" });
  if (!pooled) await kms.send(new EnableKeyCommand({ KeyId: keyArn }));
}

async function stateOf(kms: KMSClient, keyArn: string): Promise<string | undefined> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
  return KeyMetadata?.KeyState;
}
