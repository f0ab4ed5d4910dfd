import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** Ends a running operation well; the same again changes nothing. Throws PRECONDITION_FAILED (`operation-not-running`) otherwise. */
export async function succeedOperation(pool: pg.Pool, ref: { tenantId: TenantId; operationId: OperationId }): Promise<void> {
  const { tenantId, operationId } = ref;
  const { rows } = await controlQuery(pool, ref, (tx) =>
    tx.execute<{ done: boolean }>(sql`
      with ended as (
        update control.operations set state = 'SUCCEEDED', finished_at = clock_timestamp()
        where tenant_id = ${tenantId} and operation_id = ${operationId} and state = 'RUNNING' returning 1)
      select exists (select from ended) or exists (
        select from control.operations where tenant_id = ${tenantId} and operation_id = ${operationId} and state = 'SUCCEEDED') as done`),
  );
  if (rows[0]?.done) return;
  throw new DomainError("PRECONDITION_FAILED", "The operation is not at this point any more.", { reason: "operation-not-running" });
}
