import type { LostKey } from "@leasehold/domain/keys/custody";
import { sql } from "drizzle-orm";
import type pg from "pg";
import type { EpochRef } from "../epochs/move-keys.ts";
import { lockKeys } from "../lock-keys.ts";
import type { KeyPurpose } from "../schema/data-keys.ts";
import { keyringQuery, withKeyring } from "../with-keyring.ts";

/** A key that was tried and did not open, as it was then. */
export interface DeadKey {
  purpose: KeyPurpose;
  version: number;
  wrapped: Buffer;
}

/**
 * Destroys wrapped keys of a tenant that were given up, each only while it is the one that was tried and no change of keys is under way,
 * and keeps which they were. @returns how many
 */
export function destroyLostKeys(
  pool: pg.Pool,
  tenantId: string,
  { pool: of, epoch, lossId, keys }: EpochRef & { lossId: string; keys: readonly DeadKey[] },
): Promise<number> {
  return withKeyring(pool, tenantId, async (tx) => {
    await lockKeys(tx, tenantId);
    let destroyed = 0;
    for (const { purpose, version, wrapped } of keys) {
      const { rowCount } = await tx.execute(sql`
        delete from keyring.data_keys where tenant_id = ${tenantId} and purpose = ${purpose} and version = ${version}
          and kms_key_arn = ${`epoch:${of}`} and epoch = ${epoch} and wrapped = ${wrapped} and previous_wrapped is null`);
      if (rowCount !== 1) continue;
      await tx.execute(sql`
        insert into keyring.lost_keys (tenant_id, purpose, version, pool, epoch, loss_id)
        values (${tenantId}, ${purpose}, ${version}, ${of}, ${epoch}, ${lossId})`);
      destroyed += 1;
    }
    return destroyed;
  });
}

/** The keys that a tenant has lost, oldest first; of one loss when it is told. */
export async function listLostKeys(pool: pg.Pool, tenantId: string, lossId?: string): Promise<(LostKey & { pool: string })[]> {
  const { rows } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute<LostKey & { pool: string } & Record<string, unknown>>(sql`
      select purpose, version, pool, epoch, to_char(lost_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lostAt"
      from keyring.lost_keys where tenant_id = ${tenantId} and (${lossId ?? null}::text is null or loss_id = ${lossId ?? null})
      order by lost_at, purpose, version`),
  );
  return rows;
}
