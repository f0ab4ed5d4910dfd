import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** Moves an operation on from one of `from`; answers with the state that holds then, which may be another's doing. */
export async function changeOperation(
  tx: ControlTransaction,
  input: { tenantId: TenantId; operationId: OperationId; from: readonly OperationState[]; to: OperationState },
): Promise<OperationState> {
  const { tenantId, operationId, from, to } = input;
  await tx.execute(sql`
    update control.operations set state = ${to},
      started_at = coalesce(started_at, clock_timestamp()),
      finished_at = case when ${to} in ('SUCCEEDED', 'ROLLED_BACK') then clock_timestamp() end,
      attention_step = null, attention_code = null, attention_reason = null
    where tenant_id = ${tenantId} and operation_id = ${operationId} and state = any (${sql.param([...from])}::text[])`);
  return readOperationState(tx, { tenantId, operationId });
}

export async function readOperationState(
  tx: ControlTransaction,
  ref: { tenantId: TenantId; operationId: OperationId },
): Promise<OperationState> {
  const { rows } = await tx.execute<{ state: OperationState }>(
    sql`select state from control.operations where tenant_id = ${ref.tenantId} and operation_id = ${ref.operationId}`,
  );
  if (rows[0] === undefined) throw new Error(`operation ${ref.operationId} is not in the catalog`);
  return rows[0].state;
}
