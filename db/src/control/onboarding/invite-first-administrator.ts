import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** An onboarding may be parked for a while; the invitation outlives that. */
export const invitationDays = 14;

/** Under this key the mail of an invitation waits in the outbox; at most one mail has it. */
export function invitationMailKey(invitationId: string): string {
  return `invitation:${invitationId}`;
}

/**
 * Writes the owner's invitation HELD, and its sealed mail with no time to be sent (`infinity`): onboarding releases
 * both when the tenant is ready, and discards the mail when it is rolled back.
 */
export async function inviteFirstAdministrator(
  tx: ControlTransaction,
  ctx: TenantContext,
  invitation: { invitationId: string; email: string; tokenHash: string; sealed: string },
): Promise<void> {
  await tx.execute(sql`
    INSERT INTO control.invitations (tenant_id, invitation_id, email, role, state, token_hash, invited_by, expires_at)
    VALUES (${ctx.tenantId}, ${invitation.invitationId}, ${invitation.email}, 'owner', 'HELD', ${invitation.tokenHash},
      ${actorRef(ctx.actor)}, now() + make_interval(days => ${invitationDays}))`);
  await tx.execute(sql`
    INSERT INTO control.mail_outbox (mail_id, dedupe_key, tenant_id, template, sealed, next_attempt_at)
    VALUES (${newId("mail")}, ${invitationMailKey(invitation.invitationId)}, ${ctx.tenantId}, 'invitation', ${invitation.sealed}, 'infinity')`);
}
