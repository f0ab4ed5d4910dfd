import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { auditTenant } from "../../audit-tenant.ts";
import { controlQuery } from "../with-control.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/**
 * Nobody belongs to the tenant any more, and of each who does or ever did it is asked whether the account goes: one statement, so that
 * nobody is forgotten. Those who had left or were removed before, as the log says whose ids stay, are asked about once.
 */
export async function endMemberships(pool: pg.Pool, { tenantId, operationId }: Ref): Promise<void> {
  await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute(sql`
      with gone as (delete from control.members where tenant_id = ${tenantId} returning user_id)
      insert into control.account_erasures (tenant_id, operation_id, request_id, user_id)
      select ${tenantId}, ${operationId}, 'req_' || replace(gen_random_uuid()::text, '-', ''), user_id
      from (select user_id from gone union select a.target from control.audit a
        where a.tenant_id = ${tenantId} and a.action in ('member.left', 'member.removed') and not exists (select from control.account_erasures x where x.tenant_id = ${tenantId} and x.operation_id = ${operationId})) people
      on conflict do nothing`),
  );
}

/** What became of the accounts that were asked for; undefined before anybody asked. */
export async function readAccountAnswers(
  pool: pg.Pool,
  { tenantId, operationId }: Ref,
): Promise<{ open: number; left: number } | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ asked: number; open: number; left: number }>(sql`
      select count(*)::integer as asked, count(*) filter (where answered_at is null)::integer as open,
        coalesce(sum(rows_after) filter (where outcome = 'deleted'), 0)::integer as left
      from control.account_erasures where tenant_id = ${tenantId} and operation_id = ${operationId}`),
  );
  return rows[0] === undefined || rows[0].asked === 0 ? undefined : rows[0];
}

/** How many accounts there are of people who belong, or did belong, to this tenant and to no other. As the role auditor, which reads ids alone. */
export async function countLastAccounts(auditor: pg.Pool, tenantId: TenantId): Promise<number> {
  const [found] = await auditTenant<{ n: number }>(
    auditor,
    tenantId,
    `select count(*)::integer as n from identity.users u
     where u.id in (select user_id from control.members where tenant_id = $1
       union select a.target from control.audit a where a.tenant_id = $1 and a.action in ('member.left', 'member.removed'))
       and not exists (select from control.members m where m.user_id = u.id and m.tenant_id <> $1)`,
  );
  return found?.n ?? 0;
}
