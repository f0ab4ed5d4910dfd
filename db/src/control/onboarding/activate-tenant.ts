import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/**
 * The tenant is ACTIVE, its onboarding's hold on it ends, the event is in the outbox, and the first owner's invitation is open. One
 * statement. The database refuses it (`not-whole`) while a step, or somebody who can own the workspace, is missing. Throws
 * PRECONDITION_FAILED (`not-held`) when the tenant is not held by the operation.
 */
export async function activateTenant(tx: ControlTransaction, ref: { tenantId: TenantId; operationId: OperationId }): Promise<void> {
  await tx.execute(sql`select control.activate_tenant(${ref.tenantId}, ${ref.operationId}, ${newId("event")})`);
}
