import type { OperationId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import type { SuspensionAccess, SuspensionKind } from "@leasehold/domain/suspension/kinds";
import type { SuspensionAction } from "@leasehold/domain/suspension/steps";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { controlQuery } from "../with-control.ts";

/** One decision to suspend a tenant or to end that, as operators see it. */
export interface SuspensionRecord {
  operationId: OperationId;
  action: SuspensionAction;
  kind: SuspensionKind | null;
  access: SuspensionAccess | null;
  reason: string;
  requestedBy: string;
  requestedAt: Date;
  /** Null until it holds, and of one that was rolled back. */
  effectiveAt: Date | null;
  state: OperationState;
}

/** The newest fifty decisions about one tenant, newest first. */
export async function listSuspensions(pool: Pool, tenantId: string): Promise<SuspensionRecord[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, string | null>>(sql`
      SELECT s.operation_id, s.action, s.kind, s.access, s.reason, s.requested_by, s.requested_at, s.effective_at, o.state
      FROM control.suspensions s JOIN control.operations o USING (tenant_id, operation_id)
      WHERE s.tenant_id = ${tenantId} ORDER BY s.requested_at DESC, s.operation_id DESC LIMIT 50`),
  );
  return rows.map((row) => ({
    operationId: row.operation_id as OperationId,
    action: row.action as SuspensionAction,
    kind: row.kind as SuspensionKind | null,
    access: row.access as SuspensionAccess | null,
    reason: String(row.reason),
    requestedBy: String(row.requested_by),
    requestedAt: new Date(String(row.requested_at)),
    effectiveAt: row.effective_at ? new Date(row.effective_at) : null,
    state: row.state as OperationState,
  }));
}

/** What a tenant's own people are told of its last suspension. */
export async function findSuspension(pool: Pool, tenantId: string): Promise<{ kind: SuspensionKind; since: Date | null } | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ kind: SuspensionKind; effective_at: string | null }>(sql`
      SELECT kind, effective_at FROM control.suspensions WHERE tenant_id = ${tenantId} AND action = 'suspend'
      ORDER BY effective_at DESC NULLS FIRST, operation_id DESC LIMIT 1`),
  );
  const row = rows[0];
  return row && { kind: row.kind, since: row.effective_at ? new Date(row.effective_at) : null };
}
