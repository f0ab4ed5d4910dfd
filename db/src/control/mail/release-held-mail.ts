import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/**
 * Mail that was written ahead waits at `infinity`, sealed by whoever knew the address. Those of the named templates
 * go out now, the tenant's others are discarded. One statement.
 */
export async function releaseHeldMail(tx: ControlTransaction, tenantId: TenantId, templates: readonly string[]): Promise<void> {
  const wanted = sql.param([...templates]);
  await tx.execute(sql`
    with released as (
      update control.mail_outbox set next_attempt_at = now()
      where tenant_id = ${tenantId} and next_attempt_at = 'infinity' and sent_at is null and failed_at is null and template = any (${wanted}::text[])
      returning mail_id),
    discarded as (
      delete from control.mail_outbox
      where tenant_id = ${tenantId} and next_attempt_at = 'infinity' and sent_at is null
        and not (failed_at is null and template = any (${wanted}::text[])))
    select pg_notify('mail', mail_id) from released`);
}
