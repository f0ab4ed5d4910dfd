import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

export interface TrialOutcome {
  /** Nothing but the trial was asked for. */
  only: boolean;
  passed: boolean;
  /** ARN of the key that the tenant is under. */
  inUse: string;
}

/** What the trial of an operation on keys has found, once its step is done. */
export async function readTrialOutcome(pool: pg.Pool, ref: { tenantId: TenantId; operationId: OperationId }): Promise<TrialOutcome> {
  const { rows } = await controlQuery(pool, ref, (tx) =>
    tx.execute<TrialOutcome & Record<string, unknown>>(sql`
      select coalesce(o.subject ->> 'trial' = 'only', false) as only, k.trial -> 'problems' = '[]'::jsonb as passed,
        t.placement ->> 'keyArn' as "inUse"
      from control.operations o join control.tenants t on t.tenant_id = o.tenant_id join control.tenant_keys k on k.tenant_id = o.tenant_id
      where o.tenant_id = ${ref.tenantId} and o.operation_id = ${ref.operationId}`),
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`operation ${ref.operationId} has no trial`);
  return row;
}
