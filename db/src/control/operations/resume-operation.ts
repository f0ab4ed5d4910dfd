import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import type pg from "pg";
import { withControl } from "../with-control.ts";
import { changeOperation } from "./change-operation.ts";
import { hasBegunRollback } from "./has-begun-rollback.ts";

/**
 * A parked operation runs again: forward, or back where its roll back had begun, whatever was decided since: what is undone stays so.
 * @returns the state that holds then
 */
export function resumeOperation(pool: pg.Pool, ref: { tenantId: TenantId; operationId: OperationId }): Promise<OperationState> {
  return withControl(pool, ref, async (tx) => {
    const to = (await hasBegunRollback(tx, ref)) ? "ROLLING_BACK" : "RUNNING";
    return changeOperation(tx, { ...ref, from: ["NEEDS_ATTENTION"], to });
  });
}
