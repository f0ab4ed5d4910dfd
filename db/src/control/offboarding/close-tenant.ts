import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/**
 * The tenant is CLOSED: a tombstone under its pseudonym, its address free, its seat in the pool given back, nothing of it noted as made
 * any more, and its last mail forgotten, unless that is still on its way. The same again changes nothing. Throws PRECONDITION_FAILED (`not-whole`) while a step before has not succeeded.
 */
export async function closeTenant(
  tx: ControlTransaction,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
): Promise<void> {
  await tx.execute(sql`
    update control.resources set state = 'RELEASED', released_at = clock_timestamp() where tenant_id = ${tenantId} and state <> 'RELEASED'`);
  await tx.execute(sql`delete from control.mail_requests where tenant_id = ${tenantId}`);
  await tx.execute(sql`
    delete from control.mail_outbox where tenant_id = ${tenantId} and (sent_at is not null or failed_at is not null)`);
  await tx.execute(sql`select control.close_tenant(${tenantId}, ${operationId}, ${newId("event")})`);
}
