import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { changeOperation, readOperationState } from "../operations/change-operation.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/**
 * From here on no step begins any more. Behind the point of no return an offboarding runs on, whoever asks for what.
 * @returns the state that holds then
 */
export function beginOffboardingRollback(pool: pg.Pool, ref: Ref): Promise<OperationState> {
  return withControl(pool, ref, async (tx) => {
    const { rows } = await tx.execute<{ state: string }>(sql`select control.lock_tenant(${ref.tenantId}) as state`);
    await changeOperation(tx, { ...ref, from: ["REQUESTED"], to: "RUNNING" });
    if (rows[0]?.state === "SHREDDING" || rows[0]?.state === "CLOSED") {
      return changeOperation(tx, { ...ref, from: ["NEEDS_ATTENTION"], to: "RUNNING" });
    }
    return changeOperation(tx, { ...ref, from: ["RUNNING", "NEEDS_ATTENTION"], to: "ROLLING_BACK" });
  });
}

/** The catalog's part of reopening: the tenant is what it was, others are told. Idempotent by operation id. */
export async function reopenTenant(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<void> {
  await tx.execute(sql`select control.reopen_tenant(${tenantId}, ${operationId}, ${newId("event")})`);
}

/** Idempotent by operation id. @returns the state that holds then */
export function endOffboardingRollback(pool: pg.Pool, { requestId, ...ref }: Ref & { requestId: string }): Promise<OperationState> {
  const ctx: TenantContext = { tenantId: ref.tenantId, actor: { type: "system", operationId: ref.operationId }, requestId };
  return withControl(pool, ref, async (tx) => {
    const before = await readOperationState(tx, ref);
    if (before !== "ROLLING_BACK") return before;
    await reopenTenant(tx, ref);
    await emitAudit(tx, ctx, "offboarding.cancelled", ref.operationId);
    return changeOperation(tx, { ...ref, from: ["ROLLING_BACK"], to: "ROLLED_BACK" });
  });
}
