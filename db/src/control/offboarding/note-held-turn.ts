import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/**
 * Idempotent. Shows operators at a closing that it waits for an epoch which is held, and takes that back when it is not any more. It
 * names nobody: whose key it is stands at that tenant.
 */
export async function noteHeldTurn(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
  epoch: number | undefined,
): Promise<void> {
  const reason =
    epoch === undefined
      ? null
      : `Epoch ${epoch} of the pool is held: a wrapped key of another tenant does not open. No certificate is signed before that is settled.`;
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      update control.operations set attention_step = ${reason === null ? null : "verify"}, attention_reason = ${reason},
        attention_code = ${reason === null ? null : "PRECONDITION_FAILED"}
      where tenant_id = ${tenantId} and operation_id = ${operationId} and state = 'RUNNING' and attention_reason is distinct from ${reason}`),
  );
}

const secondStamp = "The second stamp waits";

/**
 * Idempotent. Shows operators at a closing that its second stamp waits for an epoch which was left before and is held, and takes that
 * back when it does not any more.
 */
export async function noteHeldFinality(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
  epoch: number | undefined,
): Promise<void> {
  const of = sql`tenant_id = ${tenantId} and operation_id = ${operationId} and state = 'RUNNING'`;
  const shown = sql`attention_reason like ${`${secondStamp}%`}`;
  const reason = `${secondStamp} for epoch ${epoch} of the pool, which is held: a wrapped key of another tenant does not open. It is signed once that is settled, or no copy of the keyring from before is left.`;
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(
      epoch === undefined
        ? sql`update control.operations set attention_step = null, attention_reason = null, attention_code = null where ${of} and ${shown}`
        : sql`update control.operations set attention_step = 'finality', attention_reason = ${reason}, attention_code = 'PRECONDITION_FAILED'
            where ${of} and (attention_reason is null or ${shown}) and attention_reason is distinct from ${reason}`,
    ),
  );
}
