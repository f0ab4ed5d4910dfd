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
 * Keeps wrapped keys, all or none, but for those whose purpose and version the tenant has already: the first one stays.
 * Throws UNAVAILABLE `epoch-turned` when their epoch takes no keys any more.
 */
export async function keepDataKeys(pool: pg.Pool, tenantId: string, keys: readonly WrappedDataKey[]): Promise<void> {
  const rows = keys.map(
    ({ purpose = "data", version, wrapped, kmsKeyArn, epoch = null }) =>
      sql`(${tenantId}, ${purpose}, ${version}, ${wrapped}, ${kmsKeyArn}, ${epoch}, ${purpose})`,
  );
  await keyringQuery(pool, tenantId, (tx) =>
    tx.execute(sql`
      insert into keyring.data_keys (tenant_id, purpose, version, wrapped, kms_key_arn, epoch, sealed_as)
      values ${sql.join(rows, sql`, `)}
      on conflict do nothing`),
  );
}

/** As `keepDataKeys`, for one. */
export async function keepDataKey(pool: pg.Pool, tenantId: string, key: WrappedDataKey): Promise<void> {
  await keepDataKeys(pool, tenantId, [key]);
}

/** ARNs of the KMS keys that wrap the tenant's data keys, or `epoch:<pool>`. */
export async function listWrappingKeys(pool: pg.Pool, tenantId: string): Promise<string[]> {
  const { rows } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute<{ arn: string }>(sql`select distinct kms_key_arn as arn from keyring.data_keys where tenant_id = ${tenantId}`),
  );
  return rows.map(({ arn }) => arn);
}

/** Destroys every wrapped data key of a tenant, which ones it had lost and what they were under before: what they opened is not read again, and none is added after them. */
export async function destroyDataKeys(pool: pg.Pool, tenantId: string): Promise<void> {
  await withKeyring(pool, tenantId, async (tx) => {
    await lockKeys(tx, tenantId);
    await tx.execute(sql`delete from keyring.data_keys where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from keyring.lost_keys where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from keyring.former_keys where tenant_id = ${tenantId}`);
  });
}
