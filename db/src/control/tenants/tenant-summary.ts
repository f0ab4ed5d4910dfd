import type { KeyClosure, KeyCustody, LostKey } from "@leasehold/domain/keys/custody";
import type { OperationKind, OperationState, StepState } from "@leasehold/domain/operations";
import type { Placement } from "@leasehold/domain/placement";
import type { PlanId } from "@leasehold/domain/plans";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { sql } from "drizzle-orm";

/** A tenant as operators see it everywhere, with the operation that runs or waits. */
export interface TenantSummary {
  tenantId: string;
  name: string;
  slug: string;
  plan: PlanId;
  region: string;
  state: TenantState;
  placement: Placement | null;
  createdAt: Date;
  /** Whose KMS key the data is under, by what a customer's own is closed, and which data keys were given up as lost. */
  key: { custody: KeyCustody; closedBy: KeyClosure | null; lost: LostKey[] };
  /** Open legal holds. */
  legalHolds: number;
  operation: { operationId: string; kind: OperationKind; state: OperationState; step: string | null; stepState: StepState | null } | null;
}

export type SummaryRow = {
  tenant_id: string;
  name: string;
  slug: string;
  plan: PlanId;
  region: string;
  state: TenantState;
  placement: Placement | null;
  created_at: string;
  key_custody: KeyCustody | null;
  key_closed_by: KeyClosure | null;
  key_lost: LostKey[] | null;
  legal_holds: number;
  operation_id: string | null;
  operation_kind: OperationKind;
  operation_state: OperationState;
  step: string | null;
  step_state: StepState | null;
};

export const summaryColumns = sql`t.tenant_id, t.name, t.slug, t.plan, t.region, t.state, t.placement, t.created_at, k.custody AS key_custody, k.closed_by AS key_closed_by, k.lost AS key_lost,
  (SELECT count(*)::integer FROM control.legal_holds l WHERE l.tenant_id = t.tenant_id AND l.released_at IS NULL) AS legal_holds,
  o.operation_id, o.kind AS operation_kind, o.state AS operation_state, coalesce(o.attention_step, s.step) AS step, s.state AS step_state`;

/** Tenants as `t`, their keys as `k`, the open operation as `o`, and the step that failed or runs as `s`. */
export const summaryTables = sql`control.tenants t
  LEFT JOIN control.tenant_keys k ON k.tenant_id = t.tenant_id
  LEFT JOIN LATERAL (
    SELECT * FROM control.operations o
    WHERE o.tenant_id = t.tenant_id AND o.state IN ('AWAITING_APPROVAL', 'REQUESTED', 'RUNNING', 'NEEDS_ATTENTION', 'ROLLING_BACK')
    ORDER BY o.created_at DESC LIMIT 1
  ) o ON true
  LEFT JOIN LATERAL (
    SELECT s.step, s.state FROM control.operation_steps s
    WHERE s.tenant_id = o.tenant_id AND s.operation_id = o.operation_id AND s.state IN ('RUNNING', 'RETRYING', 'UNDOING', 'FAILED')
    ORDER BY (s.state = 'FAILED') DESC, s.position LIMIT 1
  ) s ON true`;

export function toSummary(row: SummaryRow): TenantSummary {
  return {
    tenantId: row.tenant_id,
    name: row.name,
    slug: row.slug,
    plan: row.plan,
    region: row.region,
    state: row.state,
    placement: row.placement,
    createdAt: new Date(row.created_at),
    key: { custody: row.key_custody ?? "platform", closedBy: row.key_closed_by, lost: row.key_lost ?? [] },
    legalHolds: row.legal_holds,
    operation: row.operation_id
      ? { operationId: row.operation_id, kind: row.operation_kind, state: row.operation_state, step: row.step, stepState: row.step_state }
      : null,
  };
}
