import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { withControl } from "../with-control.ts";
import { readOperationState } from "./change-operation.ts";

export interface ParkedStep {
  step: string;
  code: string;
  reason: string;
}

/**
 * Parks an operation for an operator to decide: its failed steps, and the first of them with its reason. An operation that
 * has ended stays as it is.
 * @returns the state that holds then
 */
export function parkOperation(
  pool: pg.Pool,
  input: { tenantId: TenantId; operationId: OperationId; failures: readonly ParkedStep[] },
): Promise<OperationState> {
  const { tenantId, operationId, failures } = input;
  const first = failures[0];
  return withControl(pool, { tenantId }, async (tx) => {
    for (const { step, code, reason } of failures) {
      await tx.execute(sql`
        update control.operation_steps set state = 'FAILED', error_code = ${code}, error_message = ${reason}, finished_at = clock_timestamp()
        where tenant_id = ${tenantId} and operation_id = ${operationId} and step = ${step}
          and state in ('PENDING', 'RUNNING', 'RETRYING', 'FAILED')`);
    }
    // A request whose run is gone was never seen running: it is noted as begun first, as the states ask.
    await tx.execute(sql`
      update control.operations set state = 'RUNNING', started_at = clock_timestamp()
      where tenant_id = ${tenantId} and operation_id = ${operationId} and state = 'REQUESTED'`);
    await tx.execute(sql`
      update control.operations
      set state = 'NEEDS_ATTENTION', attention_step = ${first?.step ?? null}, attention_code = ${first?.code ?? null},
        attention_reason = ${first?.reason ?? null}
      where tenant_id = ${tenantId} and operation_id = ${operationId} and state in ('RUNNING', 'ROLLING_BACK', 'NEEDS_ATTENTION')`);
    return readOperationState(tx, { tenantId, operationId });
  });
}
