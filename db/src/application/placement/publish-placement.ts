import type { Placement } from "@leasehold/domain/placement";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery } from "../with-administration.ts";
import { findPlacement } from "./find-placement.ts";

/**
 * Tells the application plane, in the pool's database, where a tenant is. What is known of a later epoch stays, and at the same
 * epoch a tenant does not become PROVISIONING again. A tenant that is PROVISIONING has its limits here, and their row is held
 * while this goes on: what arrives after `removeLimits` publishes nothing.
 */
export async function publishPlacement(
  pool: pg.Pool,
  { tenantId, state, plan, placement }: { tenantId: string; state: TenantState; plan: string; placement: Placement },
): Promise<void> {
  const database = placement.database === "pool" ? "pool" : placement.database.name;
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`
      with prepared as (select tenant_id from app.tenant_limits where tenant_id = ${tenantId} for share)
      insert into app.tenant_placement (tenant_id, epoch, state, plan, region, database, bucket, object_prefix, key_arn, role_arn)
      select ${tenantId}, ${placement.epoch}::integer, ${state}, ${plan}, ${placement.region}, ${database}, ${placement.bucket},
        ${placement.objectPrefix}, ${placement.keyArn}, ${placement.roleArn}
      where ${state} <> 'PROVISIONING' or exists (select from prepared)
      on conflict (tenant_id) do update set epoch = excluded.epoch, state = excluded.state, plan = excluded.plan, region = excluded.region,
        database = excluded.database, bucket = excluded.bucket, object_prefix = excluded.object_prefix, key_arn = excluded.key_arn,
        role_arn = excluded.role_arn, updated_at = now()
      where app.tenant_placement.epoch < excluded.epoch
        or (app.tenant_placement.epoch = excluded.epoch and (excluded.state <> 'PROVISIONING' or app.tenant_placement.state = 'PROVISIONING'))`),
  );
}

/**
 * The application plane lets the tenant in. Only a published tenant that is PROVISIONING becomes ACTIVE: one that was withdrawn
 * stays away, one that has gone on since stays where it is. Throws NOT_FOUND (`tenant-unknown`) when none is published.
 */
export async function activatePlacement(pool: pg.Pool, { tenantId, epoch }: { tenantId: string; epoch: number }): Promise<void> {
  const activated = await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`
      update app.tenant_placement set state = 'ACTIVE', updated_at = now()
      where tenant_id = ${tenantId} and epoch = ${epoch} and state = 'PROVISIONING'`),
  );
  if (activated.rowCount === 0) await findPlacement(pool, tenantId);
}

/** The application plane no longer finds the tenant. */
export async function withdrawPlacement(pool: pg.Pool, tenantId: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) => tx.execute(sql`delete from app.tenant_placement where tenant_id = ${tenantId}`));
}

/** The application plane learns under which KMS key the tenant is now. */
export async function publishKey(pool: pg.Pool, tenantId: string, keyArn: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_placement set key_arn = ${keyArn}, updated_at = now() where tenant_id = ${tenantId}`),
  );
}

/** The application plane learns in which state the tenant is; the pool's database has every tenant's placement. */
export async function publishState(pool: pg.Pool, tenantId: string, state: TenantState): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_placement set state = ${state}, updated_at = now() where tenant_id = ${tenantId}`),
  );
}
