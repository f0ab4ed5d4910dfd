import type { PlanLimits } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { withAdministration } from "../with-administration.ts";

/** The limits that the application plane holds a tenant to; null takes them away. */
export async function setLimits(pool: pg.Pool, tenantId: string, limits: PlanLimits | null): Promise<void> {
  await withAdministration(pool, tenantId, (tx) =>
    tx.execute(
      limits === null
        ? sql`delete from app.tenant_limits where tenant_id = ${tenantId}`
        : sql`insert into app.tenant_limits (tenant_id, limits) values (${tenantId}, ${JSON.stringify(limits)}::jsonb)
            on conflict (tenant_id) do update set limits = excluded.limits`,
    ),
  );
}
