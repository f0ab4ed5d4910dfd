import { DomainError } from "@leasehold/domain/errors";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import { releaseHeldMail } from "../mail/release-held-mail.ts";
import type { ControlTransaction } from "../with-control.ts";

/**
 * The tenant is ACTIVE, its onboarding's hold on it ends, the event is in the outbox, the first owner's invitation is open and
 * its mail goes out. The database refuses it (`not-whole`) while a step, or somebody who can own the workspace, is missing. Throws
 * PRECONDITION_FAILED (`not-provisioning`) when the tenant is not held by the operation.
 */
export async function activateTenant(tx: ControlTransaction, ref: { tenantId: TenantId; operationId: OperationId }): Promise<void> {
  const { tenantId, operationId } = ref;
  const activated = await tx.execute(sql`
    update control.tenants set state = 'ACTIVE', activated_at = clock_timestamp(), current_operation = null
    where tenant_id = ${tenantId} and state = 'PROVISIONING' and current_operation = ${operationId}`);
  if (activated.rowCount !== 1) {
    throw new DomainError("PRECONDITION_FAILED", "The tenant is not this onboarding's to activate.", { reason: "not-provisioning" });
  }
  await tx.execute(sql`
    insert into control.outbox (tenant_id, event_id, type, operation_id)
    values (${tenantId}, ${newId("event")}, 'tenant.activated', ${operationId}) on conflict do nothing`);
  await tx.execute(sql`update control.invitations set state = 'PENDING' where tenant_id = ${tenantId} and state = 'HELD'`);
  await releaseHeldMail(tx, tenantId, ["workspace-ready", "invitation"]);
}
