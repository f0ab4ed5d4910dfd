import { sql } from "drizzle-orm";
import type pg from "pg";
import { keyringQuery, withKeyring } from "../with-keyring.ts";

/**
 * The version that an operation has made, or is to make: one above the newest, whether that is there or lost. Undefined when the tenant
 * has no key and never lost one.
 */
export async function nextVersion(
  pool: pg.Pool,
  tenantId: string,
  operationId: string,
): Promise<{ version: number; made: boolean; kmsKeyArn: string; customerManaged: boolean } | undefined> {
  const { rows } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute<{ version: number; operation_id: string | null; kms_key_arn: string; customer_managed: boolean; lost: number }>(sql`
      select version, operation_id, kms_key_arn, customer_managed,
        (select coalesce(max(version), 0)::integer from keyring.lost_keys where tenant_id = ${tenantId} and purpose = 'data') as lost
      from (
        select version, operation_id, kms_key_arn, customer_managed, true as present from keyring.data_keys
        where tenant_id = ${tenantId} and purpose = 'data'
        union all
        select version, null, 'epoch:' || pool, false, false from keyring.lost_keys where tenant_id = ${tenantId} and purpose = 'data') k
      order by (operation_id = ${operationId}) desc nulls last, present desc, version desc limit 1`),
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { version, lost, kms_key_arn: kmsKeyArn, customer_managed: customerManaged } = row;
  const made = row.operation_id === operationId;
  return { version: made ? version : Math.max(version, lost) + 1, made, kmsKeyArn, customerManaged };
}

/** Adds a version for an operation, once: what another attempt, or another operation, has added stays. Throws as `keepDataKey`. @returns the version that the operation has */
export function addDataKey(
  pool: pg.Pool,
  tenantId: string,
  key: { version: number; wrapped: Buffer; kmsKeyArn: string; epoch: number | null; customerManaged: boolean; operationId: string },
): Promise<number | undefined> {
  return withKeyring(pool, tenantId, async (tx) => {
    await tx.execute(sql`
      insert into keyring.data_keys (tenant_id, purpose, version, wrapped, kms_key_arn, epoch, customer_managed, operation_id)
      values (${tenantId}, 'data', ${key.version}, ${key.wrapped}, ${key.kmsKeyArn}, ${key.epoch}, ${key.customerManaged}, ${key.operationId})
      on conflict do nothing`);
    const { rows } = await tx.execute<{ version: number }>(
      sql`select version from keyring.data_keys where tenant_id = ${tenantId} and operation_id = ${key.operationId}`,
    );
    return rows[0]?.version;
  });
}
