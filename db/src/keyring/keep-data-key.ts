import { sql } from "drizzle-orm";
import type pg from "pg";
import { lockKeys } from "./lock-keys.ts";
import type { KeyPurpose } from "./schema/data-keys.ts";
import { keyringQuery, withKeyring } from "./with-keyring.ts";

export interface WrappedDataKey {
  /** `data` unless told. */
  purpose?: KeyPurpose;
  version: number;
  wrapped: Buffer;
  /** ARN of the KMS key that wraps it, or `epoch:<pool>`. */
  kmsKeyArn: string;
  /** The epoch whose branch key wraps it. */
  epoch?: number | null;
}

/**
 * Keeps a wrapped key, unless the tenant has one of that purpose and version already: the first one stays.
 * Throws UNAVAILABLE `epoch-turned` when its epoch takes no keys any more.
 */
export async function keepDataKey(pool: pg.Pool, tenantId: string, key: WrappedDataKey): Promise<void> {
  const { purpose = "data", version, wrapped, kmsKeyArn, epoch = null } = key;
  await keyringQuery(pool, tenantId, (tx) =>
    tx.execute(sql`
      insert into keyring.data_keys (tenant_id, purpose, version, wrapped, kms_key_arn, epoch, sealed_as)
      values (${tenantId}, ${purpose}, ${version}, ${wrapped}, ${kmsKeyArn}, ${epoch}, ${purpose})
      on conflict do nothing`),
  );
}

/** ARNs of the KMS keys that wrap the tenant's data keys, or `epoch:<pool>`. */
export async function listWrappingKeys(pool: pg.Pool, tenantId: string): Promise<string[]> {
  const { rows } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute<{ arn: string }>(sql`select distinct kms_key_arn as arn from keyring.data_keys where tenant_id = ${tenantId}`),
  );
  return rows.map(({ arn }) => arn);
}

/** Destroys every wrapped data key of a tenant, and which ones it had lost: what they opened is not read again, and none is added after them. */
export async function destroyDataKeys(pool: pg.Pool, tenantId: string): Promise<void> {
  await withKeyring(pool, tenantId, async (tx) => {
    await lockKeys(tx, tenantId);
    await tx.execute(sql`delete from keyring.data_keys where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from keyring.lost_keys where tenant_id = ${tenantId}`);
  });
}
