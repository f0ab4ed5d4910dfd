import { DomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import type { OperationKind, OperationState } from "@leasehold/domain/operations";
import type { Placement } from "@leasehold/domain/placement";
import type { PlanId, TenantLimits } from "@leasehold/domain/plans";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "./across-tenants.ts";

export interface TenantDescription {
  tenantId: string;
  name: string;
  slug: string;
  plan: PlanId;
  region: string;
  state: TenantState;
  placement: Placement | null;
  limits: TenantLimits | null;
  versions: Record<string, unknown>;
  createdAt: Date;
  activatedAt: Date | null;
  updatedAt: Date;
  operation: { operationId: string; kind: OperationKind; state: OperationState; step: string | null } | null;
}

type Row = {
  tenant_id: string;
  name: string;
  slug: string;
  plan: PlanId;
  region: string;
  state: TenantState;
  placement: Placement | null;
  limits: TenantLimits | null;
  versions: Record<string, unknown>;
  created_at: string;
  activated_at: string | null;
  updated_at: string;
  operation_id: string | null;
  operation_kind: OperationKind;
  operation_state: OperationState;
  step: string | null;
};

/** One tenant as the catalog has it, for an operator. @throws DomainError NOT_FOUND. */
export async function describeTenant(pool: Pool, tenantId: string): Promise<TenantDescription> {
  const notFound = new DomainError("NOT_FOUND", "There is no tenant with this id.", { field: "tenantId" });
  if (!isId("tenant", tenantId)) throw notFound;
  const result = await acrossTenants(pool, "tenant-lookup", (tx) =>
    tx.execute<Row>(sql`
      SELECT t.*, o.operation_id, o.kind AS operation_kind, o.state AS operation_state, coalesce(o.attention_step, s.step) AS step
      FROM control.tenants t
      LEFT JOIN LATERAL (
        SELECT * FROM control.operations o
        WHERE o.tenant_id = t.tenant_id AND o.state IN ('AWAITING_APPROVAL', 'REQUESTED', 'RUNNING', 'NEEDS_ATTENTION', 'ROLLING_BACK')
        ORDER BY o.created_at DESC LIMIT 1
      ) o ON true
      LEFT JOIN LATERAL (
        SELECT s.step FROM control.operation_steps s
        WHERE s.tenant_id = o.tenant_id AND s.operation_id = o.operation_id AND s.state IN ('RUNNING', 'RETRYING', 'UNDOING')
        ORDER BY s.position LIMIT 1
      ) s ON true
      WHERE t.tenant_id = ${tenantId}`),
  );
  const row = result.rows[0];
  if (!row) throw notFound;
  return {
    tenantId: row.tenant_id,
    name: row.name,
    slug: row.slug,
    plan: row.plan,
    region: row.region,
    state: row.state,
    placement: row.placement,
    limits: row.limits,
    versions: row.versions,
    createdAt: new Date(row.created_at),
    activatedAt: row.activated_at ? new Date(row.activated_at) : null,
    updatedAt: new Date(row.updated_at),
    operation: row.operation_id
      ? { operationId: row.operation_id, kind: row.operation_kind, state: row.operation_state, step: row.step }
      : null,
  };
}
