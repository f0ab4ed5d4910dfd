import type { TenantLimits } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery, withAdministration } from "../with-administration.ts";

/** The limits that the application plane holds a tenant to. */
export async function setLimits(pool: pg.Pool, tenantId: string, limits: TenantLimits): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`insert into app.tenant_limits (tenant_id, limits) values (${tenantId}, ${JSON.stringify(limits)}::jsonb)
      on conflict (tenant_id) do update set limits = excluded.limits`),
  );
}

/**
 * Takes the limits away, and after them what `publishPlacement` wrote while it held their row: from then on nothing is
 * published for the tenant any more.
 */
export async function removeLimits(pool: pg.Pool, tenantId: string): Promise<void> {
  await withAdministration(pool, tenantId, async (tx) => {
    await tx.execute(sql`delete from app.tenant_limits where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from app.tenant_placement where tenant_id = ${tenantId}`);
  });
}
