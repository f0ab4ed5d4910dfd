import type { OperationKind } from "@leasehold/domain/operations";
import type { PlanId } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "../tenants/across-tenants.ts";
import { rollbackBegun } from "./has-begun-rollback.ts";

export interface AttentionItem {
  tenantId: string;
  tenantName: string;
  slug: string;
  plan: PlanId;
  region: string;
  operationId: string;
  kind: OperationKind;
  /** Parked by a failed step, waiting for an operator's approval, or running on with something that somebody has to look at. */
  state: "NEEDS_ATTENTION" | "AWAITING_APPROVAL" | "RUNNING";
  requestedBy: string;
  step: string | null;
  code: string | null;
  reason: string | null;
  since: Date;
  /** A retry or a roll back that was asked for and has not been carried out yet. */
  pendingCommand: string | null;
  /** A roll back of it has begun, which can only be finished. */
  undoing: boolean;
}

/** What waits for an operator, oldest first; at most 200. */
export async function listAttention(pool: Pool): Promise<AttentionItem[]> {
  const result = await acrossTenants(pool, "attention", (tx) =>
    tx.execute<Record<string, string | null> & { undoing: boolean }>(sql`
      SELECT o.*, t.name, t.slug, t.plan, t.region,
        coalesce((SELECT max(e.at) FROM control.operation_events e
          WHERE e.tenant_id = o.tenant_id AND e.operation_id = o.operation_id AND e.kind = 'operation' AND e.state = o.state), o.created_at) AS since,
        (SELECT c.kind FROM control.commands c WHERE c.tenant_id = o.tenant_id AND c.operation_id = o.operation_id AND c.state = 'PENDING' AND c.kind IN ('retry-step', 'roll-back')
          ORDER BY c.created_at DESC LIMIT 1) AS pending_command,
        ${rollbackBegun(sql`o.tenant_id`, sql`o.operation_id`)} AS undoing
      FROM control.operations o JOIN control.tenants t USING (tenant_id)
      WHERE o.state IN ('NEEDS_ATTENTION', 'AWAITING_APPROVAL') OR o.state = 'RUNNING' AND o.attention_reason IS NOT NULL ORDER BY since, o.operation_id LIMIT 200`),
  );
  return result.rows.map((row) => ({
    tenantId: String(row.tenant_id),
    tenantName: String(row.name),
    slug: String(row.slug),
    plan: row.plan as PlanId,
    region: String(row.region),
    operationId: String(row.operation_id),
    kind: row.kind as OperationKind,
    state: row.state as AttentionItem["state"],
    requestedBy: String(row.requested_by),
    step: row.attention_step ?? null,
    code: row.attention_code ?? null,
    reason: row.attention_reason ?? null,
    since: new Date(String(row.since)),
    pendingCommand: row.pending_command ?? null,
    undoing: row.undoing,
  }));
}
