import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { newId } from "@leasehold/domain/ids";
import { audit } from "../schema/audit.ts";
import type { TenantTransaction } from "../with-tenant.ts";

/** Details that may name something, under the tenant's key: made by the kit's `sealAuditDetails`, for this one row. */
export interface SealedAuditDetails {
  auditId: string;
  sealedDetails: Buffer;
  sealedCommitment: Buffer;
}

/**
 * Appends to the tenant's audit log in its application database, in the transaction of what it tells of. `action` is
 * `noun.past-tense` (`document.deleted`), `target` an id, `details` ids, sizes and states only; what names something is sealed.
 */
export async function emitAudit(
  tx: TenantTransaction,
  ctx: TenantContext,
  action: string,
  target: string,
  details: Record<string, unknown> = {},
  sealed?: SealedAuditDetails,
): Promise<void> {
  await tx.insert(audit).values({
    tenantId: ctx.tenantId,
    auditId: newId("audit"),
    actor: actorRef(ctx.actor),
    action,
    target,
    details,
    requestId: ctx.requestId,
    operationId: ctx.actor.type === "system" ? ctx.actor.operationId : null,
    ...sealed,
  });
}
