import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { canAssignRole, type Role } from "@leasehold/domain/roles";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { queueMail } from "../mail/queue-mail.ts";
import { notAssignable } from "../members/change-role.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";
import { invitationDays, refuseOverLimit } from "./invite-member.ts";

/** Ends an invitation: its link opens nothing from now on. Throws NOT_FOUND, FORBIDDEN (`role-not-assignable`). */
export async function revokeInvitation(pool: Pool, ctx: TenantContext, by: Role, invitationId: string): Promise<void> {
  await withControl(pool, { tenantId: ctx.tenantId }, async (tx) => {
    await lockInvitation(tx, ctx, by, invitationId);
    await tx.execute(sql`
      UPDATE control.invitations SET state = 'REVOKED', settled_at = now() WHERE tenant_id = ${ctx.tenantId} AND invitation_id = ${invitationId}`);
    await emitAudit(tx, ctx, "invitation.revoked", invitationId);
  });
}

/**
 * Sends an invitation again with a new link and a new term; the link of before opens nothing. An expired one takes a
 * seat again. Throws as `revokeInvitation`, or LIMIT_EXCEEDED (`members`).
 */
export async function renewInvitation(
  pool: Pool,
  ctx: TenantContext,
  by: Role,
  invitationId: string,
  memberLimit: number,
  makeLink: (invitation: { email: string; role: Role }) => Promise<{ tokenHash: string; sealed: string }>,
): Promise<void> {
  const found = await withControl(pool, { tenantId: ctx.tenantId }, (tx) => lockInvitation(tx, ctx, by, invitationId));
  const link = await makeLink(found);
  await withControl(pool, { tenantId: ctx.tenantId }, async (tx) => {
    await refuseOverLimit(tx, ctx, memberLimit, invitationId);
    await lockInvitation(tx, ctx, by, invitationId);
    await tx.execute(sql`
      UPDATE control.invitations SET token_hash = ${link.tokenHash}, expires_at = now() + make_interval(days => ${invitationDays})
      WHERE tenant_id = ${ctx.tenantId} AND invitation_id = ${invitationId}`);
    await queueMail(tx, { dedupeKey: `invitation:${link.tokenHash}`, template: "invitation", sealed: link.sealed, tenantId: ctx.tenantId });
    await emitAudit(tx, ctx, "invitation.renewed", invitationId);
  });
}

async function lockInvitation(
  tx: ControlTransaction,
  ctx: TenantContext,
  by: Role,
  invitationId: string,
): Promise<{ email: string; role: Role }> {
  const { rows } = await tx.execute<{ email: string; role: Role }>(sql`
    SELECT email, role FROM control.invitations
    WHERE tenant_id = ${ctx.tenantId} AND invitation_id = ${invitationId} AND state = 'PENDING' FOR UPDATE`);
  const row = rows[0];
  if (!row) throw new DomainError("NOT_FOUND", "This invitation is no longer open.", { reason: "invitation-unknown" });
  if (!canAssignRole(by, row.role)) throw notAssignable();
  return row;
}
