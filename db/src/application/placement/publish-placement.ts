import type { Placement } from "@leasehold/domain/placement";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { withAdministration } from "../with-administration.ts";

/** Tells the application plane, in the pool's database, where a tenant is. */
export async function publishPlacement(
  pool: pg.Pool,
  { tenantId, state, plan, placement }: { tenantId: string; state: TenantState; plan: string; placement: Placement },
): Promise<void> {
  const database = placement.database === "pool" ? "pool" : placement.database.name;
  await withAdministration(pool, tenantId, (tx) =>
    tx.execute(sql`
      insert into app.tenant_placement (tenant_id, epoch, state, plan, region, database, bucket, object_prefix, key_arn, role_arn)
      values (${tenantId}, ${placement.epoch}, ${state}, ${plan}, ${placement.region}, ${database}, ${placement.bucket},
        ${placement.objectPrefix}, ${placement.keyArn}, ${placement.roleArn})
      on conflict (tenant_id) do update set epoch = excluded.epoch, state = excluded.state, plan = excluded.plan, region = excluded.region,
        database = excluded.database, bucket = excluded.bucket, object_prefix = excluded.object_prefix, key_arn = excluded.key_arn,
        role_arn = excluded.role_arn, updated_at = now()`),
  );
}

/** The application plane no longer finds the tenant. */
export async function withdrawPlacement(pool: pg.Pool, tenantId: string): Promise<void> {
  await withAdministration(pool, tenantId, (tx) => tx.execute(sql`delete from app.tenant_placement where tenant_id = ${tenantId}`));
}
