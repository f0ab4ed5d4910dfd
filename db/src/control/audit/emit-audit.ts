import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { newId } from "@leasehold/domain/ids";
import { audit } from "../schema/audit.ts";
import type { ControlTransaction } from "../with-control.ts";

/**
 * Appends to the control plane's audit log, in the transaction of what it tells of. `action` is `noun.past-tense`
 * (`member.removed`), `target` an id, `details` ids and states only: nothing personal, no secret.
 * A workflow step that runs again adds nothing: once per operation, action and target.
 */
export async function emitAudit(
  tx: ControlTransaction,
  ctx: TenantContext,
  action: string,
  target: string,
  details: Record<string, unknown> = {},
): Promise<void> {
  const operationId = ctx.actor.type === "system" ? ctx.actor.operationId : null;
  const row = {
    tenantId: ctx.tenantId,
    auditId: newId("audit"),
    actor: actorRef(ctx.actor),
    action,
    target,
    details,
    requestId: ctx.requestId,
    operationId,
  };
  await tx.insert(audit).values(row).onConflictDoNothing();
}
