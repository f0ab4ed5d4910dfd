import type { KMSClient } from "@aws-sdk/client-kms";
import { withholdKeys } from "@leasehold/db/keyring/data-keys/withhold-keys";
import type { TenantId } from "@leasehold/domain/ids";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type pg from "pg";
import { keyRetired, switchKeyOff, switchKeyOn } from "./switch-key.ts";

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
 * Idempotent by tenant and key. For a suspension: the keyring keeps the tenant's wrapped keys from the application plane, and the
 * tenant's own key is switched off, so that credentials that were vended before open nothing from then on, however long they last.
 * Where the key is its pool's, other tenants notice nothing. Data keys that are held in memory end with their lease. Nothing is lost.
 */
export async function cutOffTenantKey({ kms, keyring }: Needs, { tenantId, keyArn }: TenantKeyRef): Promise<"cut-off" | "retired"> {
  const withheld = await withholdKeys(keyring, tenantId, true);
  if (poolOfKey(keyArn) !== undefined) return withheld === 0 ? "retired" : "cut-off";
  return (await switchKeyOff(kms, keyArn)) === "off" ? "cut-off" : "retired";
}

/** Idempotent by tenant and key. Switches it on again. Throws PRECONDITION_FAILED (`key-retired`) when it is destroyed, or its deletion scheduled. */
export async function restoreTenantKey({ kms, keyring }: Needs, { tenantId, keyArn }: TenantKeyRef): Promise<void> {
  const pooled = poolOfKey(keyArn) !== undefined;
  if (!pooled) await switchKeyOn(kms, keyArn);
  if ((await withholdKeys(keyring, tenantId, false)) === 0 && pooled) throw keyRetired();
}
