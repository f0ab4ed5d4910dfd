import type { TenantContext } from "@leasehold/domain/context";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import type { SuspensionStep } from "@leasehold/domain/suspension/steps";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { changeOperation, readOperationState } from "../operations/change-operation.ts";
import { withControl } from "../with-control.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** What they have done is not taken back. */
const lastSteps: SuspensionStep[] = ["finish-suspending", "finish-resuming"];

/** From here on no step begins any more; behind its last step an operation runs on. @returns the state that holds then */
export function beginSuspensionRollback(pool: pg.Pool, ref: Ref): Promise<OperationState> {
  return withControl(pool, ref, async (tx) => {
    const { rowCount } = await tx.execute(sql`
      select from control.operation_steps where tenant_id = ${ref.tenantId} and operation_id = ${ref.operationId}
        and step = any (${sql.param(lastSteps)}::text[]) and state = 'SUCCEEDED'`);
    if (rowCount !== 0) return changeOperation(tx, { ...ref, from: ["NEEDS_ATTENTION"], to: "RUNNING" });
    await changeOperation(tx, { ...ref, from: ["REQUESTED"], to: "RUNNING" });
    return changeOperation(tx, { ...ref, from: ["RUNNING", "NEEDS_ATTENTION"], to: "ROLLING_BACK" });
  });
}

/** Idempotent by operation id. @returns the state that holds then */
export function endSuspensionRollback(pool: pg.Pool, { requestId, ...ref }: Ref & { requestId: string }): Promise<OperationState> {
  const ctx: TenantContext = { tenantId: ref.tenantId, actor: { type: "system", operationId: ref.operationId }, requestId };
  return withControl(pool, ref, async (tx) => {
    const before = await readOperationState(tx, ref);
    if (before !== "ROLLING_BACK") return before;
    await emitAudit(tx, ctx, "suspension.rolled-back", ref.operationId);
    return changeOperation(tx, { ...ref, from: ["ROLLING_BACK"], to: "ROLLED_BACK" });
  });
}
