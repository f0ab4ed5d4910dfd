import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { resetWaitDays } from "@leasehold/domain/second-factor-resets";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { requireStillPermitted } from "../operators/require-still-permitted.ts";
import { withControl } from "../with-control.ts";

export interface ResetDecision {
  resetId: string;
  decision: "approve" | "reject";
  reason: string;
  /** When it is decided: a wish is void after seven days. */
  at: Date;
}

interface Reset extends Record<string, unknown> {
  userId: string | null;
  requestedBy: string;
  requestedAt: string;
  approvedBy: string | null;
  rejectedBy: string | null;
  ended: boolean;
}

const over = (message: string, reason: string) => new DomainError("PRECONDITION_FAILED", message, { reason });

/**
 * The second pair of eyes: approving has the portal take the second factor away, rejecting leaves it. Whoever asked may reject and never
 * approve. A decision that was taken already is given back to whoever repeats it.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `not-awaiting-approval`, `reset-expired`, `person-gone`, `second-operator`, `requester-gone`
 */
export function decideReset(
  pool: Pool,
  ctx: TenantContext,
  { resetId, decision, reason, at }: ResetDecision,
): Promise<"approved" | "rejected" | "repeated"> {
  const { tenantId } = ctx;
  const actor = actorRef(ctx.actor);
  const of = sql`tenant_id = ${tenantId} AND reset_id = ${resetId}`;
  return withControl(pool, { tenantId }, async (tx) => {
    const { rows } = await tx.execute<Reset>(sql`
      SELECT user_id AS "userId", requested_by AS "requestedBy", requested_at AS "requestedAt", approved_by AS "approvedBy",
        rejected_by AS "rejectedBy", ended_at IS NOT NULL AS ended
      FROM control.second_factor_resets WHERE ${of} FOR UPDATE`);
    const reset = rows[0];
    if (reset === undefined) throw new DomainError("NOT_FOUND", "There is no such request.", { field: "resetId" });
    if ((decision === "approve" ? reset.approvedBy : reset.rejectedBy) === actor) return "repeated";
    if (reset.approvedBy !== null || reset.rejectedBy !== null) {
      throw over("This no longer waits for a decision. Reload the page to see what became of it.", "not-awaiting-approval");
    }
    if (reset.ended || at.getTime() >= new Date(reset.requestedAt).getTime() + resetWaitDays * 86_400_000) {
      throw over(
        `Nobody decided about this in ${resetWaitDays} days, so it is void. Identify the person again, and ask again.`,
        "reset-expired",
      );
    }
    if (reset.userId === null) throw over("This person has left the tenant, so there is nothing to decide any more.", "person-gone");
    const when = at.toISOString();
    if (decision === "reject") {
      await tx.execute(
        sql`UPDATE control.second_factor_resets SET rejected_by = ${actor}, rejected_at = ${when}, decision_reason = ${reason} WHERE ${of}`,
      );
      await emitAudit(tx, ctx, "second-factor.reset-rejected", reset.userId);
      return "rejected";
    }
    if (reset.requestedBy === actor) throw over("Another operator than the one who asked has to approve this.", "second-operator");
    await requireStillPermitted(tx, reset.requestedBy, "second-factors:reset");
    await tx.execute(
      sql`UPDATE control.second_factor_resets SET approved_by = ${actor}, approved_at = ${when}, decision_reason = ${reason} WHERE ${of}`,
    );
    await emitAudit(tx, ctx, "second-factor.reset-approved", reset.userId);
    return "approved";
  });
}
