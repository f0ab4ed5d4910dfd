import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import type { KeyPurpose } from "../schema/data-keys.ts";
import { poolQuery } from "../with-pool.ts";

export interface EpochRef {
  pool: string;
  epoch: number;
}

/** A wrapped key under an epoch that turns. */
export interface LeftKey extends Record<string, unknown> {
  tenantId: TenantId;
  purpose: KeyPurpose;
  version: number;
  sealedAs: KeyPurpose;
  wrapped: Buffer;
}

export type KeyPlace = Pick<LeftKey, "tenantId" | "purpose" | "version">;

/** Where a key stands in its row: what holds, or what a change of keys that is under way would be taken back to. */
export type KeySlot = "present" | "previous";

const slots = {
  present: { wrapped: sql.raw("wrapped"), arn: sql.raw("kms_key_arn"), epoch: sql.raw("epoch") },
  previous: { wrapped: sql.raw("previous_wrapped"), arn: sql.raw("previous_kms_key_arn"), epoch: sql.raw("previous_epoch") },
};

/** A page of the keys that are left under an epoch that turns, of all tenants, by their place. */
export async function listLeftKeys(
  keyring: pg.Pool,
  { pool, epoch }: EpochRef,
  { slot, after, limit }: { slot: KeySlot; after: KeyPlace | undefined; limit: number },
): Promise<LeftKey[]> {
  const column = slots[slot];
  const beyond =
    after === undefined ? sql`` : sql`and (tenant_id, purpose, version) > (${after.tenantId}, ${after.purpose}, ${after.version})`;
  const { rows } = await poolQuery(keyring, pool, (tx) =>
    tx.execute<LeftKey>(sql`
      select tenant_id as "tenantId", purpose, version, sealed_as as "sealedAs", ${column.wrapped} as wrapped from keyring.data_keys
      where ${column.arn} = ${`epoch:${pool}`} and ${column.epoch} = ${epoch} ${beyond} order by tenant_id, purpose, version limit ${limit}`),
  );
  return rows;
}

/**
 * Puts keys that were wrapped anew in the place of those that they were opened from, each only while it is still that one: what was
 * rotated, changed or destroyed meanwhile stays so. @returns how many were moved
 */
export async function moveKeys(
  keyring: pg.Pool,
  { pool, epoch }: EpochRef,
  { slot, next, keys }: { slot: KeySlot; next: number; keys: readonly (KeyPlace & { from: Buffer; wrapped: Buffer })[] },
): Promise<number> {
  const column = slots[slot];
  const list = <T>(pick: (key: (typeof keys)[number]) => T) => sql.param(keys.map(pick));
  const { rowCount } = await poolQuery(keyring, pool, (tx) =>
    tx.execute(sql`
      update keyring.data_keys k set ${column.wrapped} = moved.wrapped, ${column.epoch} = ${next}
      from unnest(${list(({ tenantId }) => tenantId)}::text[], ${list(({ purpose }) => purpose)}::text[],
        ${list(({ version }) => version)}::integer[], ${list(({ from }) => from)}::bytea[], ${list(({ wrapped }) => wrapped)}::bytea[])
        as moved (tenant_id, purpose, version, seen, wrapped)
      where k.tenant_id = moved.tenant_id and k.purpose = moved.purpose and k.version = moved.version
        and k.${column.arn} = ${`epoch:${pool}`} and k.${column.epoch} = ${epoch} and k.${column.wrapped} = moved.seen`),
  );
  return rowCount ?? 0;
}
