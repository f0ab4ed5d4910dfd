import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { bodyHash } from "../../commands/body-hash.ts";
import { requireStillPermitted } from "../../operators/require-still-permitted.ts";
import { type ControlTransaction, withControl } from "../../with-control.ts";
import { type KeyLoss, lockLoss } from "./read-loss.ts";
import { lockUnreadable } from "./request-key-loss.ts";

export interface KeyLossDecision {
  lossId: string;
  decision: "approve" | "reject";
  reason: string;
}

/**
 * The second pair of eyes: approving has the worker destroy what still does not open, rejecting leaves everything as it is. Whoever asked
 * may reject and never approve. A decision that was taken already is given back to whoever repeats it.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `not-awaiting-approval`, `second-operator`, `requester-gone`, `legal-hold`,
 * `keys-readable`, `past-no-return`
 */
export function decideKeyLoss(
  pool: Pool,
  ctx: TenantContext,
  { lossId, decision, reason }: KeyLossDecision,
): Promise<"approved" | "rejected" | "repeated"> {
  const { tenantId } = ctx;
  const actor = actorRef(ctx.actor);
  return withControl(pool, { tenantId }, async (tx) => {
    const loss = await lockLoss(tx, tenantId, lossId);
    if (loss === undefined) throw new DomainError("NOT_FOUND", "There is no such request.", { field: "lossId" });
    if (loss.approvedBy !== null || loss.rejectedBy !== null) {
      if ((decision === "approve" ? loss.approvedBy : loss.rejectedBy) === actor) return "repeated";
      throw new DomainError("PRECONDITION_FAILED", "This no longer waits for a decision. Reload the page to see what became of it.", {
        reason: "not-awaiting-approval",
      });
    }
    const of = sql`tenant_id = ${tenantId} AND loss_id = ${lossId}`;
    if (decision === "reject") {
      await tx.execute(sql`UPDATE control.key_losses SET rejected_by = ${actor}, rejected_at = now() WHERE ${of}`);
      await emitAudit(tx, ctx, "keys.loss-rejected", lossId, { reason });
      return "rejected";
    }
    if (loss.requestedBy === actor) {
      throw new DomainError("PRECONDITION_FAILED", "Another operator than the one who asked has to approve this.", {
        reason: "second-operator",
      });
    }
    await requireStillPermitted(tx, loss.requestedBy, "tenants:close");
    await refuseOther(tx, tenantId, loss);
    await tx.execute(sql`UPDATE control.key_losses SET approved_by = ${actor}, approved_at = now() WHERE ${of}`);
    await wakeTurn(tx, ctx, loss, reason);
    await emitAudit(tx, ctx, "keys.loss-approved", lossId, { reason });
    return "approved";
  });
}

/** What is agreed to is what does not open now. */
async function refuseOther(tx: ControlTransaction, tenantId: string, { pool, epoch, versions }: KeyLoss): Promise<void> {
  const now = await lockUnreadable(tx, tenantId);
  if (now.pool === pool && now.epoch === epoch && now.versions.every((version) => versions.includes(version))) return;
  throw new DomainError("PRECONDITION_FAILED", "Other keys do not open now than were asked about. Reject this and ask again.", {
    reason: "keys-readable",
  });
}

/** The worker looks at the epoch at once, and not only when its time has come. */
async function wakeTurn(tx: ControlTransaction, ctx: TenantContext, { lossId, pool, epoch }: KeyLoss, reason: string): Promise<void> {
  const body = { tenantId: ctx.tenantId, lossId };
  await tx.execute(sql`
    INSERT INTO control.commands (tenant_id, command_id, kind, idempotency_key, body_hash, actor, request_id, reason, payload)
    VALUES (${ctx.tenantId}, ${newId("command")}, 'give-up-keys', ${`give-up-keys:${lossId}`}, ${bodyHash(body)}, ${actorRef(ctx.actor)},
      ${ctx.requestId}, ${reason}, ${JSON.stringify({ pool, epoch })}::jsonb)`);
}
