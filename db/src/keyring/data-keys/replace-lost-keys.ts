import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { lockKeys } from "../lock-keys.ts";
import { keyringQuery, withKeyring } from "../with-keyring.ts";

/** A key that takes the place of one that is lost, as its newest version. */
export interface Replacement {
  purpose: "data" | "index";
  version: number;
}

/** What such keys are wrapped by: as what the tenant has left, or, where nothing is, under the pool of what it lost. */
export interface ReplacementNeed extends Replacement {
  kmsKeyArn: string;
  customerManaged: boolean;
}

/** The keys that a tenant is without because the newest version of its purpose is lost: nothing is written without them. */
export async function listMissingReplacements(pool: pg.Pool, tenantId: TenantId): Promise<ReplacementNeed[]> {
  const { rows } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute<ReplacementNeed & Record<string, unknown>>(sql`
      with known as (
        select purpose, version, kms_key_arn as arn, customer_managed as customers, true as present
        from keyring.data_keys where tenant_id = ${tenantId}
        union all
        select purpose, version, 'epoch:' || pool, false, false from keyring.lost_keys where tenant_id = ${tenantId}),
      wrapping as (select arn, customers from known order by present desc, version desc limit 1)
      select k.purpose, max(k.version) + 1 as version, w.arn as "kmsKeyArn", w.customers as "customerManaged"
      from known k cross join wrapping w where k.purpose in ('data', 'index')
      group by k.purpose, w.arn, w.customers
      having max(k.version) filter (where k.present) is distinct from max(k.version) order by k.purpose`),
  );
  return rows;
}

/**
 * Keeps a key in the place of the lost version before it, once: where another was made meanwhile, that one stays. A tenant whose keys were
 * destroyed is given none, for what it had lost went with them; one that is cut off from its keys is cut off from this one. Throws UNAVAILABLE `epoch-turned` as `keepDataKey`.
 */
export function addReplacement(
  pool: pg.Pool,
  tenantId: TenantId,
  key: ReplacementNeed & { wrapped: Buffer; epoch: number | null },
): Promise<void> {
  return withKeyring(pool, tenantId, async (tx) => {
    await lockKeys(tx, tenantId);
    await tx.execute(sql`
      insert into keyring.data_keys (tenant_id, purpose, version, wrapped, kms_key_arn, epoch, customer_managed, sealed_as, withheld_at)
      select ${tenantId}, ${key.purpose}, ${key.version}::integer, ${key.wrapped}, ${key.kmsKeyArn}, ${key.epoch}::integer,
        ${key.customerManaged}, ${key.purpose}, (select max(withheld_at) from keyring.data_keys where tenant_id = ${tenantId})
      where exists (
        select from keyring.lost_keys where tenant_id = ${tenantId} and purpose = ${key.purpose} and version = ${key.version}::integer - 1)
      on conflict do nothing`);
  });
}
