import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** When a step of a closing was done, by the database's clock; undefined as long as it is not. */
export async function readStepEnd(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
  step: OffboardingStep,
): Promise<Date | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ at: string }>(sql`
      select finished_at as at from control.operation_steps
      where tenant_id = ${tenantId} and operation_id = ${operationId} and step = ${step} and state = 'SUCCEEDED'`),
  );
  return rows[0] === undefined ? undefined : new Date(rows[0].at);
}
