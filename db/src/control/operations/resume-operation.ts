import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import type pg from "pg";
import { withControl } from "../with-control.ts";
import { changeOperation } from "./change-operation.ts";

/** A parked operation runs again. @returns the state that holds then */
export function resumeOperation(pool: pg.Pool, ref: { tenantId: TenantId; operationId: OperationId }): Promise<OperationState> {
  return withControl(pool, ref, (tx) => changeOperation(tx, { ...ref, from: ["NEEDS_ATTENTION"], to: "RUNNING" }));
}
