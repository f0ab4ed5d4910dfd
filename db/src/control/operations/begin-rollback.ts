import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { withControl } from "../with-control.ts";
import { changeOperation } from "./change-operation.ts";

/**
 * From here on no step begins any more. An operation that has succeeded stays so, and one that no longer holds its tenant is
 * past the point of no return: it runs on. @returns the state that holds then
 */
export function beginRollback(pool: pg.Pool, ref: { tenantId: TenantId; operationId: OperationId }): Promise<OperationState> {
  return withControl(pool, ref, async (tx) => {
    await changeOperation(tx, { ...ref, from: ["REQUESTED"], to: "RUNNING" });
    const { rowCount } = await tx.execute(sql`
      select from control.tenants where tenant_id = ${ref.tenantId} and current_operation = ${ref.operationId} for update`);
    if (rowCount === 0) return changeOperation(tx, { ...ref, from: ["NEEDS_ATTENTION"], to: "RUNNING" });
    return changeOperation(tx, { ...ref, from: ["RUNNING", "NEEDS_ATTENTION"], to: "ROLLING_BACK" });
  });
}
