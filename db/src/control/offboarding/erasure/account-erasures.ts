import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { crossTenants } from "../../../cross-tenants.ts";
import { controlQuery, withControl } from "../../with-control.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

export interface AccountAnswer {
  outcome: "deleted" | "in-use" | "unknown";
  rowsBefore: number;
  rowsAfter: number;
  answeredAt: Date;
}

export interface OpenAccountErasure extends Ref {
  requestId: string;
  userId: string;
  /** How long ago the person's sessions were ended; null when they were not. */
  endedSecondsAgo: number | null;
}

/** Asks whether the person's account goes, once for each operation and person. @returns the answer; undefined while there is none */
export async function askAccountErasure(pool: pg.Pool, ref: Ref, userId: string): Promise<AccountAnswer | undefined> {
  return withControl(pool, ref, async (tx) => {
    const { rows } = await tx.execute<{ outcome: AccountAnswer["outcome"] | null; before: number; after: number; at: string }>(sql`
      select outcome, rows_before as before, rows_after as after, answered_at as at from control.account_erasures
      where tenant_id = ${ref.tenantId} and operation_id = ${ref.operationId}`);
    const [asked] = rows;
    if (asked?.outcome != null)
      return { outcome: asked.outcome, rowsBefore: asked.before, rowsAfter: asked.after, answeredAt: new Date(asked.at) };
    if (asked === undefined)
      await tx.execute(sql`
        insert into control.account_erasures (tenant_id, operation_id, request_id, user_id)
        values (${ref.tenantId}, ${ref.operationId}, ${newId("request")}, ${userId}) on conflict do nothing`);
    return undefined;
  });
}

/** What waits for an answer, of all tenants; oldest first. */
export async function listOpenAccountErasures(pool: pg.Pool): Promise<OpenAccountErasure[]> {
  const { rows } = await crossTenants("account-erasure", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<OpenAccountErasure & Record<string, unknown>>(sql`
        select tenant_id as "tenantId", operation_id as "operationId", request_id as "requestId", user_id as "userId",
          extract(epoch from clock_timestamp() - sessions_ended_at)::float8 as "endedSecondsAgo"
        from control.account_erasures where answered_at is null order by asked_at limit 100`),
    ),
  );
  return rows;
}

/** Whether a person belongs to a workspace, or is about to: to one that is being made for them. */
export async function belongsSomewhere(pool: pg.Pool, userId: string): Promise<boolean> {
  const { rows } = await controlQuery(pool, { userId }, (tx) =>
    tx.execute<{ belongs: boolean }>(sql`
      select exists (select from control.members m where m.user_id = ${userId})
        or exists (select from control.sign_ups s where s.user_id = ${userId} and s.verified_at > now() - interval '1 day') as belongs`),
  );
  return rows[0]?.belongs ?? true;
}

export async function noteSessionsEnded(pool: pg.Pool, { tenantId, operationId, requestId }: OpenAccountErasure): Promise<void> {
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      update control.account_erasures set sessions_ended_at = clock_timestamp()
      where tenant_id = ${tenantId} and operation_id = ${operationId} and request_id = ${requestId}
        and answered_at is null and sessions_ended_at is null`),
  );
}

/** Answers, and forgets who was asked for. */
export async function answerAccountErasure(
  pool: pg.Pool,
  { tenantId, operationId, requestId }: OpenAccountErasure,
  answer: Omit<AccountAnswer, "answeredAt">,
): Promise<void> {
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      update control.account_erasures set outcome = ${answer.outcome}, rows_before = ${answer.rowsBefore}, rows_after = ${answer.rowsAfter},
        answered_at = clock_timestamp(), user_id = null
      where tenant_id = ${tenantId} and operation_id = ${operationId} and request_id = ${requestId} and answered_at is null`),
  );
}
