import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationKind, OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

export interface LockedOperation {
  kind: OperationKind;
  state: OperationState;
  attentionStep: string | null;
}

/**
 * An operation as it stands now, with operators' decisions about it taking turns until the transaction ends.
 * @throws DomainError NOT_FOUND
 */
export async function lockOperation(tx: ControlTransaction, tenantId: TenantId, operationId: OperationId): Promise<LockedOperation> {
  // The role may not lock the row itself (FOR UPDATE asks for more than it has), so decisions queue on a lock of their own.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`decision:${operationId}`}, 0))`);
  const { rows } = await tx.execute<{ kind: OperationKind; state: OperationState; attention_step: string | null }>(sql`
    SELECT kind, state, attention_step FROM control.operations WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
  const operation = rows[0];
  if (!operation) throw new DomainError("NOT_FOUND", "There is no such operation.", { field: "operationId" });
  return { kind: operation.kind, state: operation.state, attentionStep: operation.attention_step };
}
