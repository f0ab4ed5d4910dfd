import type { TenantId } from "@leasehold/domain/ids";
import { type ResetState, resetWaitDays } from "@leasehold/domain/second-factor-resets";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "../tenants/across-tenants.ts";
import { withControl } from "../with-control.ts";

export interface ListedReset {
  tenantId: TenantId;
  resetId: string;
  /** Null once it is over. */
  userId: string | null;
  requestedBy: string;
  /** How the person was identified. */
  reason: string;
  requestedAt: Date;
  decisionReason: string | null;
  state: ResetState;
}

interface Row extends Omit<ListedReset, "requestedAt">, Record<string, unknown> {
  at: string;
  tenantName: string;
}

const columns = sql`r.tenant_id AS "tenantId", r.reset_id AS "resetId", r.user_id AS "userId", r.requested_by AS "requestedBy", r.reason,
  r.requested_at AS at, r.decision_reason AS "decisionReason", CASE WHEN r.rejected_at IS NOT NULL THEN 'rejected'
    WHEN r.outcome IS NOT NULL THEN r.outcome WHEN r.user_id IS NULL THEN 'left' WHEN r.approved_at IS NOT NULL THEN 'approved'
    WHEN r.requested_at <= now() - make_interval(days => ${resetWaitDays}) THEN 'expired' ELSE 'waiting' END AS state`;

/** Whose second factor operators wanted taken away in a tenant, and what became of it: the latest 50, newest first. */
export function listResets(pool: Pool, tenantId: string): Promise<ListedReset[]> {
  return withControl(pool, { tenantId }, async (tx) => {
    const { rows } = await tx.execute<Row>(sql`
      SELECT ${columns}, '' AS "tenantName" FROM control.second_factor_resets r WHERE r.tenant_id = ${tenantId}
      ORDER BY r.requested_at DESC, r.reset_id LIMIT 50`);
    return rows.map(({ at, tenantName: _, ...row }) => ({ ...row, requestedAt: new Date(at) }));
  });
}

/** What waits for a second operator, of all tenants, oldest first; at most 200. */
export async function listWaitingResets(pool: Pool): Promise<(ListedReset & { tenantName: string })[]> {
  const { rows } = await acrossTenants(pool, "attention", (tx) =>
    tx.execute<Row>(sql`
      SELECT ${columns}, t.name AS "tenantName" FROM control.second_factor_resets r JOIN control.tenants t USING (tenant_id)
      WHERE r.user_id IS NOT NULL AND r.approved_at IS NULL AND r.requested_at > now() - make_interval(days => ${resetWaitDays})
      ORDER BY r.requested_at, r.reset_id LIMIT 200`),
  );
  return rows.map(({ at, ...row }) => ({ ...row, requestedAt: new Date(at) }));
}
