import { sql } from "drizzle-orm";
import type pg from "pg";
import { lockKeys } from "../lock-keys.ts";
import { withKeyring } from "../with-keyring.ts";

/**
 * Gives a tenant from before the first key of its runs, once, and only beside a data key under the same KMS key or epoch: a tenant whose
 * keys were destroyed is given none. Waits for a destruction that is under way. Throws as `keepDataKey`.
 */
export function addPayloadKey(
  pool: pg.Pool,
  tenantId: string,
  key: { wrapped: Buffer; kmsKeyArn: string; epoch: number | null; customerManaged: boolean },
): Promise<void> {
  return withKeyring(pool, tenantId, async (tx) => {
    await lockKeys(tx, tenantId);
    await tx.execute(sql`
      insert into keyring.data_keys (tenant_id, purpose, version, wrapped, kms_key_arn, epoch, customer_managed, sealed_as)
      select ${tenantId}, 'payload', 1, ${key.wrapped}, ${key.kmsKeyArn}, ${key.epoch}::integer, ${key.customerManaged}, 'payload'
      where exists (select from keyring.data_keys where tenant_id = ${tenantId} and purpose = 'data' and kms_key_arn = ${key.kmsKeyArn})
      on conflict do nothing`);
  });
}
