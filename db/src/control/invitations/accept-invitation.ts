import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import { and, eq, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { memberLimitOf } from "../members/member-limit.ts";
import { invitations } from "../schema/invitations.ts";
import { readTenant } from "../tenants/read-tenant.ts";
import { type ControlTransaction, controlQuery, withControl } from "../with-control.ts";
import { lockSeats } from "./invite-member.ts";

export interface OpenInvitation {
  invitationId: string;
  tenantId: TenantId;
  email: string;
  role: Role;
  organizationName: string;
  slug: string;
  /** The most members that the workspace may have. */
  memberLimit: number;
}

/** What the token's invitation says. Throws NOT_FOUND, in the same words, for one that is unknown, revoked, used or expired. */
export async function findInvitation(pool: Pool, tokenHash: string): Promise<OpenInvitation> {
  const { invitationId, tenantId, email, role } = invitations;
  const [row] = await controlQuery(pool, { capabilityHash: tokenHash }, (tx) =>
    tx
      .select({ invitationId, tenantId, email, role })
      .from(invitations)
      .where(and(eq(invitations.tokenHash, tokenHash), eq(invitations.state, "PENDING"), sql`${invitations.expiresAt} > now()`)),
  );
  if (!row) throw notOpen();
  const tenant = await readTenant(pool, row.tenantId as TenantId);
  return { ...row, tenantId: tenant.tenantId, organizationName: tenant.name, slug: tenant.slug, memberLimit: memberLimitOf(tenant) };
}

/**
 * Makes the person a member, once. Somebody who is a member keeps the role they have. The caller has checked that the
 * person's verified address is the invitation's. Throws NOT_FOUND when the invitation was settled meanwhile, LIMIT_EXCEEDED
 * (`members`) when the workspace has by now more members than it may: the invitation stays open.
 */
export async function acceptInvitation(pool: Pool, invitation: OpenInvitation, userId: string, requestId: string): Promise<void> {
  const { tenantId, invitationId } = invitation;
  const ctx: TenantContext = { tenantId, actor: { type: "user", userId }, requestId };
  await withControl(pool, { tenantId, userId }, async (tx) => {
    const settled = await tx.execute<{ role: Role; invited_by: string }>(sql`
      UPDATE control.invitations SET state = 'ACCEPTED', accepted_by = ${userId}, settled_at = now()
      WHERE tenant_id = ${tenantId} AND invitation_id = ${invitationId} AND state = 'PENDING' AND expires_at > now()
      RETURNING role, invited_by`);
    const row = settled.rows[0];
    if (!row) throw notOpen();
    await refuseFullWorkspace(tx, invitation, userId);
    await tx.execute(sql`
      INSERT INTO control.members (tenant_id, user_id, role, invited_by) VALUES (${tenantId}, ${userId}, ${row.role}, ${row.invited_by})
      ON CONFLICT DO NOTHING`);
    await emitAudit(tx, ctx, "invitation.accepted", invitationId, { role: row.role });
  });
}

/** An invitation has its seat since it was sent, but a plan can become smaller meanwhile. */
async function refuseFullWorkspace(tx: ControlTransaction, { tenantId, memberLimit }: OpenInvitation, userId: string): Promise<void> {
  await lockSeats(tx, tenantId);
  const { rows } = await tx.execute<{ members: number }>(sql`
    SELECT count(*)::int AS members FROM control.members WHERE tenant_id = ${tenantId} AND user_id <> ${userId}`);
  if ((rows[0]?.members ?? 0) < memberLimit) return;
  throw new DomainError(
    "LIMIT_EXCEEDED",
    "This workspace has as many members as its plan holds. Ask an owner to make room, then come back.",
    {
      reason: "members",
    },
  );
}

function notOpen(): DomainError {
  return new DomainError("NOT_FOUND", "This invitation is not open: it was used, revoked, or has expired. Ask for a new one.", {
    reason: "invitation-not-open",
  });
}
