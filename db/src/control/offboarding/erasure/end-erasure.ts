import type { TenantContext } from "@leasehold/domain/context";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { changeOperation, readOperationState } from "../../operations/change-operation.ts";
import { withControl } from "../../with-control.ts";
import { forgetPerson } from "./erase-rows.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** Before anything was taken away an erasure can be given up; behind its first step it runs on. @returns the state that holds then */
export function beginErasureRollback(pool: pg.Pool, ref: Ref): Promise<OperationState> {
  return withControl(pool, ref, async (tx) => {
    const { rowCount } = await tx.execute(sql`
      select from control.operation_steps where tenant_id = ${ref.tenantId} and operation_id = ${ref.operationId}
        and step = 'end-access' and state = 'SUCCEEDED'`);
    if (rowCount !== 0) return changeOperation(tx, { ...ref, from: ["NEEDS_ATTENTION"], to: "RUNNING" });
    await changeOperation(tx, { ...ref, from: ["REQUESTED"], to: "RUNNING" });
    return changeOperation(tx, { ...ref, from: ["RUNNING", "NEEDS_ATTENTION"], to: "ROLLING_BACK" });
  });
}

/** Idempotent by operation id. Who was to be erased is forgotten here as well. @returns the state that holds then */
export function endErasureRollback(pool: pg.Pool, { requestId, ...ref }: Ref & { requestId: string }): Promise<OperationState> {
  const ctx: TenantContext = { tenantId: ref.tenantId, actor: { type: "system", operationId: ref.operationId }, requestId };
  return withControl(pool, ref, async (tx) => {
    if ((await readOperationState(tx, ref)) !== "ROLLING_BACK") return readOperationState(tx, ref);
    await forgetPerson(tx, ref);
    await emitAudit(tx, ctx, "erasure.given-up", ref.operationId);
    return changeOperation(tx, { ...ref, from: ["ROLLING_BACK"], to: "ROLLED_BACK" });
  });
}
