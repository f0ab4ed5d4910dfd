import type { KeyTrial } from "@leasehold/domain/keys/custody";
import type { KeyAction } from "@leasehold/domain/keys/steps";
import type { OperationState } from "@leasehold/domain/operations";
import { eq, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { tenantKeys } from "../schema/tenant-keys.ts";
import { withControl } from "../with-control.ts";

export type TenantKeyRow = typeof tenantKeys.$inferSelect;

export interface TenantKey extends Omit<TenantKeyRow, "tenantId" | "trial"> {
  trial: KeyTrial | null;
  /** The open operation on keys, or the one that ended last. */
  operation: { operationId: string; action: KeyAction; state: OperationState; step: string | null; reason: string | null } | null;
}

const unchanged: Omit<TenantKeyRow, "tenantId"> = {
  custody: "platform",
  keyArn: null,
  state: "USABLE",
  closedBy: null,
  stateSince: new Date(0),
  checkedAt: null,
  dataVersion: 1,
  rotatedAt: null,
  changedAt: null,
  trial: null,
  unreadable: null,
  lost: null,
};

/** Whose key a tenant is under and how it is; a tenant that nothing was changed for is under the platform's. */
export function readTenantKey(pool: Pool, tenantId: string): Promise<TenantKey> {
  return withControl(pool, { tenantId }, async (tx) => {
    // The operation first: one that has ended is never shown beside the key as it was before.
    const { rows } = await tx.execute<NonNullable<TenantKey["operation"]> & Record<string, unknown>>(sql`
      SELECT o.operation_id AS "operationId", o.subject ->> 'action' AS action, o.state, o.attention_reason AS reason,
        coalesce(o.attention_step, (SELECT s.step FROM control.operation_steps s
          WHERE s.tenant_id = o.tenant_id AND s.operation_id = o.operation_id AND s.state IN ('RUNNING', 'RETRYING', 'UNDOING') LIMIT 1)) AS step
      FROM control.operations o WHERE o.tenant_id = ${tenantId} AND o.kind = 'keys' ORDER BY o.created_at DESC LIMIT 1`);
    const [row] = await tx
      .select()
      .from(tenantKeys)
      .where(eq(tenantKeys.tenantId, tenantId as TenantKeyRow["tenantId"]));
    const { tenantId: _, ...key } = row ?? { tenantId, ...unchanged };
    return { ...key, operation: rows[0] ?? null };
  });
}
