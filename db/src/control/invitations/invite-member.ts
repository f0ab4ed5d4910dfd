import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { canAssignRole, type Role } from "@leasehold/domain/roles";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { queueMail } from "../mail/queue-mail.ts";
import { notAssignable } from "../members/change-role.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

export const invitationDays = 7;

export interface InvitationRequest {
  /** Lower case. */
  email: string;
  role: Role;
  /** SHA-256, hex, of the token in the link. */
  tokenHash: string;
  /** The mail with the link, sealed to the worker. */
  sealed: string;
  /** The most that the plan lets be members or invited. */
  memberLimit: number;
}

/**
 * Invites an address. Throws FORBIDDEN (`role-not-assignable`), CONFLICT (`already-invited` on `email`),
 * LIMIT_EXCEEDED (`members`).
 */
export async function inviteMember(
  pool: Pool,
  ctx: TenantContext,
  by: Role,
  request: InvitationRequest,
): Promise<{ invitationId: string }> {
  if (!canAssignRole(by, request.role)) throw notAssignable();
  const invitationId = newId("invitation");
  return withControl(pool, { tenantId: ctx.tenantId }, async (tx) => {
    await refuseOverLimit(tx, ctx, request.memberLimit);
    const inserted = await tx.execute(sql`
      INSERT INTO control.invitations (tenant_id, invitation_id, email, role, state, token_hash, invited_by, expires_at)
      VALUES (${ctx.tenantId}, ${invitationId}, ${request.email}, ${request.role}, 'PENDING', ${request.tokenHash}, ${actorRef(ctx.actor)},
        now() + make_interval(days => ${invitationDays}))
      ON CONFLICT DO NOTHING RETURNING invitation_id`);
    if (inserted.rowCount !== 1)
      throw new DomainError("CONFLICT", "This address has an open invitation. Send it again from the list, or revoke it.", {
        field: "email",
        reason: "already-invited",
      });
    await queueMail(tx, {
      dedupeKey: `invitation:${request.tokenHash}`,
      template: "invitation",
      sealed: request.sealed,
      tenantId: ctx.tenantId,
    });
    await emitAudit(tx, ctx, "invitation.sent", invitationId, { role: request.role });
    return { invitationId };
  });
}

/** Whoever counts seats does so alone, until the end of the transaction. */
export async function lockSeats(tx: ControlTransaction, tenantId: string): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`members:${tenantId}`}, 0))`);
}

/** One seat more than those taken by others than `except`. Counted under a lock of the tenant: two at once do not both take the last seat. */
export async function refuseOverLimit(tx: ControlTransaction, ctx: TenantContext, limit: number, except = ""): Promise<void> {
  await lockSeats(tx, ctx.tenantId);
  const { rows } = await tx.execute<{ seats: number }>(sql`
    SELECT ((SELECT count(*) FROM control.members WHERE tenant_id = ${ctx.tenantId})
      + (SELECT count(*) FROM control.invitations WHERE tenant_id = ${ctx.tenantId} AND invitation_id <> ${except}
        AND state IN ('HELD', 'PENDING') AND expires_at > now()))::int AS seats`);
  if ((rows[0]?.seats ?? 0) < limit) return;
  throw new DomainError("LIMIT_EXCEEDED", `Your plan has ${limit} members, open invitations included. Revoke one, or change the plan.`, {
    reason: "members",
  });
}
