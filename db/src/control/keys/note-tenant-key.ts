import type { TenantId } from "@leasehold/domain/ids";
import type { KeyClosure, KeyCustody, KeyTrial } from "@leasehold/domain/keys/custody";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { type ControlTransaction, controlQuery } from "../with-control.ts";

/** The result of a key's trial, for whoever asked for it. */
export async function noteTrial(tx: ControlTransaction, tenantId: TenantId, trial: KeyTrial): Promise<void> {
  await tx.execute(sql`
    insert into control.tenant_keys (tenant_id, trial) values (${tenantId}, ${JSON.stringify(trial)}::jsonb)
    on conflict (tenant_id) do update set trial = excluded.trial`);
}

/** The tenant is under this key from now on, and it opens. */
export async function noteKeyChange(
  tx: ControlTransaction,
  tenantId: TenantId,
  { custody, keyArn }: { custody: KeyCustody; keyArn: string },
): Promise<void> {
  await tx.execute(sql`
    insert into control.tenant_keys (tenant_id, custody, key_arn, changed_at, checked_at)
    values (${tenantId}, ${custody}, ${keyArn}, clock_timestamp(), clock_timestamp())
    on conflict (tenant_id) do update set custody = excluded.custody, key_arn = excluded.key_arn, state = 'USABLE', closed_by = null,
      state_since = clock_timestamp(), changed_at = excluded.changed_at, checked_at = excluded.checked_at`);
}

/** What is written from now on is under this version, and nothing is under an older one: exports that were do not open any more. */
export async function noteRotation(tx: ControlTransaction, tenantId: TenantId, version: number): Promise<void> {
  await tx.execute(sql`
    insert into control.tenant_keys (tenant_id, data_version, rotated_at) values (${tenantId}, ${version}, clock_timestamp())
    on conflict (tenant_id) do update set data_version = greatest(control.tenant_keys.data_version, excluded.data_version),
      rotated_at = excluded.rotated_at`);
  await tx.execute(sql`
    update control.exports set state = 'EXPIRED', ended_at = clock_timestamp()
    where tenant_id = ${tenantId} and state = 'READY' and key_version < ${version}`);
}

/**
 * How a customer's key was found. A key that was changed since it was looked at is left as it is.
 * @returns whether it has turned since it was last looked at
 */
export async function noteKeyState(
  pool: pg.Pool,
  seen: { tenantId: TenantId; keyArn: string; closedBy: KeyClosure | null },
): Promise<boolean> {
  const { tenantId, keyArn, closedBy } = seen;
  const state = closedBy === null ? "USABLE" : "CLOSED";
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ turned: boolean }>(sql`
      with before as (select state from control.tenant_keys where tenant_id = ${tenantId})
      update control.tenant_keys k set state = ${state}, closed_by = ${closedBy}, checked_at = clock_timestamp(),
        state_since = case when k.state = ${state} then k.state_since else clock_timestamp() end
      where k.tenant_id = ${tenantId} and k.key_arn = ${keyArn} and k.custody = 'customer'
      returning (select before.state <> ${state} from before) as turned`),
  );
  return rows[0]?.turned ?? false;
}
