import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** How many of a tenant's mails nobody has addressed yet, or are on their way; held ones are not. */
export async function countOpenMail(pool: pg.Pool, tenantId: TenantId): Promise<number> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ open: number }>(sql`
      select (select count(*) from control.mail_requests where tenant_id = ${tenantId} and addressed_at is null and failed_at is null)::integer
        + (select count(*) from control.mail_outbox
          where tenant_id = ${tenantId} and sent_at is null and failed_at is null and next_attempt_at < 'infinity')::integer as open`),
  );
  return rows[0]?.open ?? 0;
}
