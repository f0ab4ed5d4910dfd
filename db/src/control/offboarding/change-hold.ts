import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { requestCommand } from "../commands/request-command.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

/** What is decided about a hold. Ends are ISO 8601 in UTC. */
export type HoldChange =
  | { change: "cancel" }
  | { change: "extend"; endsAt: string }
  /** Takes effect when the other side asks for, or agrees to, the very same end. */
  | { change: "shorten"; endsAt: string }
  | { change: "withdraw-shortening" };

export type HoldChangeRequest = HoldChange & { operationId: OperationId; reason: string; idempotencyKey: string };

export interface HoldAfterChange {
  endsAt: string | null;
  shortenTo: string | null;
  shortenBy: string | null;
  cancelled: boolean;
}

interface Hold extends Record<string, unknown> {
  endsAt: string | null;
  shortenTo: string | null;
  shortenBy: string | null;
  cancelled: boolean;
}

/**
 * Decides about a hold under the tenant's row lock, up to the last instant; the running workflow is told to look again. The same
 * idempotency key decides once.
 * @throws DomainError NOT_FOUND; VALIDATION on `endsAt`; PRECONDITION_FAILED `past-no-return`, `closing-cancelled`, `no-hold`; CONFLICT `idempotency-key-reused`
 */
export function changeHold(pool: Pool, ctx: TenantContext, request: HoldChangeRequest): Promise<HoldAfterChange> {
  const { tenantId } = ctx;
  const { idempotencyKey, ...body } = request;
  return withControl(pool, { tenantId }, async (tx) => {
    const locked = await tx.execute<{ state: string | null }>(sql`SELECT control.lock_tenant(${tenantId}) AS state`);
    const before = await readHold(tx, tenantId, request.operationId);
    const command = await requestCommand(tx, ctx, {
      operationId: request.operationId,
      kind: "change-offboarding",
      idempotencyKey,
      body,
      reason: request.reason,
    });
    if (command.outcome === "repeated" || (before.cancelled && request.change === "cancel")) return before;
    if (before.cancelled) {
      throw new DomainError("PRECONDITION_FAILED", "The closing has been cancelled.", { reason: "closing-cancelled" });
    }
    if (locked.rows[0]?.state === "SHREDDING" || locked.rows[0]?.state === "CLOSED") {
      throw new DomainError("PRECONDITION_FAILED", "It is too late: the hold has ended and the keys are being destroyed.", {
        reason: "past-no-return",
      });
    }
    const decided = decide(before, request, ctx);
    await tx.execute(sql`
      UPDATE control.offboardings SET hold_ends_at = ${decided.endsAt}, shorten_to = ${decided.shortenTo}, shorten_by = ${decided.shortenBy},
        cancelled_at = CASE WHEN ${decided.cancelled} THEN coalesce(cancelled_at, now()) END,
        cancelled_by = CASE WHEN ${decided.cancelled} THEN ${actorRef(ctx.actor)} END,
        cancel_reason = CASE WHEN ${decided.cancelled} THEN ${request.reason} END
      WHERE tenant_id = ${tenantId} AND operation_id = ${request.operationId}`);
    await tx.execute(sql`
      INSERT INTO control.hold_changes (tenant_id, operation_id, change_id, kind, actor, ends_at, reason)
      VALUES (${tenantId}, ${request.operationId}, ${newId("holdChange")}, ${decided.kind}, ${actorRef(ctx.actor)},
        ${decided.shortenTo ?? decided.endsAt}, ${request.reason})`);
    await emitAudit(tx, ctx, `offboarding.hold-${decided.kind}`, request.operationId, {
      reason: request.reason,
      endsAt: decided.shortenTo ?? decided.endsAt,
    });
    return readHold(tx, tenantId, request.operationId);
  });
}

async function readHold(tx: ControlTransaction, tenantId: string, operationId: string): Promise<Hold> {
  const { rows } = await tx.execute<Hold>(sql`
    SELECT to_char(hold_ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "endsAt",
      to_char(shorten_to AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "shortenTo",
      shorten_by AS "shortenBy", cancelled_at IS NOT NULL AS cancelled
    FROM control.offboardings WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
  const hold = rows[0];
  if (hold === undefined) throw new DomainError("NOT_FOUND", "There is no such closing.", { field: "operationId" });
  return hold;
}

type Decided = Hold & { kind: string };

function decide(hold: Hold, request: HoldChangeRequest, ctx: TenantContext): Decided {
  if (request.change === "cancel") return { ...hold, cancelled: true, kind: "cancelled" };
  if (hold.endsAt === null) {
    throw new DomainError("PRECONDITION_FAILED", "The hold has not begun yet. Try again when it has.", { reason: "no-hold" });
  }
  if (request.change === "withdraw-shortening") return { ...hold, shortenTo: null, shortenBy: null, kind: "shorten-withdrawn" };
  const endsAt = new Date(request.endsAt);
  if (Number.isNaN(endsAt.getTime())) throw endProblem("Give the end as a time, as in 2026-12-31T12:00:00Z.");
  const wanted = endsAt.toISOString();
  if (request.change === "extend") {
    if (wanted <= hold.endsAt) throw endProblem("The new end has to be after the present one.");
    return { ...hold, endsAt: wanted, shortenTo: null, shortenBy: null, kind: "extended" };
  }
  if (wanted >= hold.endsAt) throw endProblem("The new end has to be before the present one.");
  const actor = actorRef(ctx.actor);
  const otherSide = hold.shortenBy !== null && hold.shortenBy.split(":")[0] !== actor.split(":")[0];
  if (otherSide && hold.shortenTo === wanted) return { ...hold, endsAt: wanted, kind: "shortened" };
  return { ...hold, shortenTo: wanted, shortenBy: actor, kind: "shorten-asked" };
}

function endProblem(message: string): DomainError {
  return new DomainError("VALIDATION", message, { field: "endsAt", reason: "hold-end" });
}
