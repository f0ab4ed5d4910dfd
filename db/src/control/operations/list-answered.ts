import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { legalHoldMessage } from "../offboarding/erasure/read-erasure.ts";
import { controlQuery } from "../with-control.ts";

export interface AnsweredOperation {
  tenantId: TenantId;
  operationId: OperationId;
  kind: "offboarding" | "erasure";
  workflowId: string;
  /** The step that it is parked at. */
  step: string;
  /** Of the operation's last change: another for each time that it parks. */
  seq: number;
  decision: "retry" | "roll-back";
}

type Parked = Omit<AnsweredOperation, "decision">;

/**
 * Parked operations that wait for nobody's decision any more: a closing that was cancelled, which is rolled back, and an erasure that
 * stopped at a legal hold of which none is open, which goes on.
 */
export async function listAnswered(pool: pg.Pool): Promise<AnsweredOperation[]> {
  const { rows } = await crossTenants("operation-reconcile", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<Parked & Record<string, unknown>>(sql`
        select tenant_id as "tenantId", operation_id as "operationId", kind, workflow_id as "workflowId", attention_step as step, last_seq::int as seq
        from control.operations where state = 'NEEDS_ATTENTION' and attention_step is not null
          and (kind = 'offboarding' or (kind = 'erasure' and attention_reason = ${legalHoldMessage}))
        order by created_at limit 200`),
    ),
  );
  const answered: AnsweredOperation[] = [];
  for (const parked of rows) {
    if (await isAnswered(pool, parked)) answered.push({ ...parked, decision: parked.kind === "offboarding" ? "roll-back" : "retry" });
  }
  return answered;
}

async function isAnswered(pool: pg.Pool, { tenantId, operationId, kind }: Parked): Promise<boolean> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ answered: boolean }>(
      kind === "offboarding"
        ? sql`select exists (select from control.offboardings
            where tenant_id = ${tenantId} and operation_id = ${operationId} and cancelled_at is not null) as answered`
        : sql`select not exists (select from control.legal_holds where tenant_id = ${tenantId} and released_at is null) as answered`,
    ),
  );
  return rows[0]?.answered ?? false;
}
