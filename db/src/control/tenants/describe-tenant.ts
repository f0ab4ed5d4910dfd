import { DomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import type { TenantLimits } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "./across-tenants.ts";
import { type SummaryRow, summaryColumns, summaryTables, type TenantSummary, toSummary } from "./tenant-summary.ts";

export interface TenantDescription extends TenantSummary {
  limits: TenantLimits | null;
  versions: Record<string, unknown>;
  activatedAt: Date | null;
  updatedAt: Date;
}

type Row = SummaryRow & {
  limits: TenantLimits | null;
  versions: Record<string, unknown>;
  activated_at: string | null;
  updated_at: string;
};

/** One tenant as the catalog has it, for an operator. @throws DomainError NOT_FOUND. */
export async function describeTenant(pool: Pool, tenantId: string): Promise<TenantDescription> {
  const notFound = new DomainError("NOT_FOUND", "There is no tenant with this id.", { field: "tenantId" });
  if (!isId("tenant", tenantId)) throw notFound;
  const result = await acrossTenants(pool, "tenant-lookup", (tx) =>
    tx.execute<Row>(sql`
      SELECT ${summaryColumns}, t.limits, t.versions, t.activated_at, t.updated_at
      FROM ${summaryTables}
      WHERE t.tenant_id = ${tenantId}`),
  );
  const row = result.rows[0];
  if (!row) throw notFound;
  return {
    ...toSummary(row),
    limits: row.limits,
    versions: row.versions,
    activatedAt: row.activated_at ? new Date(row.activated_at) : null,
    updatedAt: new Date(row.updated_at),
  };
}
