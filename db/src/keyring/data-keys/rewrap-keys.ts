import { sql } from "drizzle-orm";
import type pg from "pg";
import type { KeyPurpose } from "../schema/data-keys.ts";
import { keyringQuery, withKeyring } from "../with-keyring.ts";

export interface RewrappedKey {
  purpose: KeyPurpose;
  version: number;
  /** As it was found: replaced only while it is still that. */
  from: Buffer;
  wrapped: Buffer;
  /** The epoch that it is under then; null where KMS wraps it. */
  epoch: number | null;
}

/**
 * Puts every key of a tenant under another KMS key, or an epoch, at once, or none: a key that was replaced, added, retired or moved
 * by a turn meanwhile stops it. Throws UNAVAILABLE `epoch-turned` when the epoch takes no keys any more.
 * @returns `outdated` when the tenant's keys are no longer those that were wrapped anew
 */
export function rewrapKeys(
  pool: pg.Pool,
  tenantId: string,
  to: { kmsKeyArn: string; customerManaged: boolean; keys: readonly RewrappedKey[] },
): Promise<"rewrapped" | "outdated"> {
  return withKeyring(pool, tenantId, async (tx) => {
    const { rows } = await tx.execute<{ purpose: string; version: number; wrapped: Buffer }>(
      sql`select purpose, version, wrapped from keyring.data_keys where tenant_id = ${tenantId} order by purpose, version for update`,
    );
    const same = (row: (typeof rows)[number]) =>
      to.keys.some(({ purpose, version, from }) => purpose === row.purpose && version === row.version && from.equals(row.wrapped));
    if (rows.length !== to.keys.length || !rows.every(same)) return "outdated";
    for (const { purpose, version, wrapped, epoch } of to.keys) {
      await tx.execute(sql`
        update keyring.data_keys set wrapped = ${wrapped}, kms_key_arn = ${to.kmsKeyArn}, epoch = ${epoch}, customer_managed = ${to.customerManaged},
          previous_wrapped = wrapped, previous_kms_key_arn = kms_key_arn, previous_epoch = epoch, previous_customer_managed = customer_managed
        where tenant_id = ${tenantId} and purpose = ${purpose} and version = ${version}`);
    }
    return "rewrapped";
  });
}

/** Takes a change back: every key is as it was before. Nothing happens when nothing was changed. */
export async function restoreKeys(pool: pg.Pool, tenantId: string): Promise<void> {
  await keyringQuery(pool, tenantId, (tx) =>
    tx.execute(sql`
      update keyring.data_keys set wrapped = previous_wrapped, kms_key_arn = previous_kms_key_arn, epoch = previous_epoch,
        customer_managed = previous_customer_managed, previous_wrapped = null, previous_kms_key_arn = null, previous_epoch = null, previous_customer_managed = null
      where tenant_id = ${tenantId} and previous_wrapped is not null`),
  );
}

/** A change holds for good: what was before is destroyed. */
export async function forgetPreviousKeys(pool: pg.Pool, tenantId: string): Promise<void> {
  await keyringQuery(pool, tenantId, (tx) =>
    tx.execute(sql`
      update keyring.data_keys set previous_wrapped = null, previous_kms_key_arn = null, previous_epoch = null, previous_customer_managed = null
      where tenant_id = ${tenantId} and previous_wrapped is not null`),
  );
}
