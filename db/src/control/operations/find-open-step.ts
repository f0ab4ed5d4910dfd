import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** The first step of an operation that has not succeeded; undefined when none has a row yet. */
export async function findOpenStep(pool: pg.Pool, ref: { tenantId: TenantId; operationId: OperationId }): Promise<string | undefined> {
  const { rows } = await controlQuery(pool, ref, (tx) =>
    tx.execute<{ step: string }>(sql`
      select step from control.operation_steps
      where tenant_id = ${ref.tenantId} and operation_id = ${ref.operationId} and state <> 'SUCCEEDED' order by position limit 1`),
  );
  return rows[0]?.step;
}
