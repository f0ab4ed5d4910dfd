import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { queueMail } from "../mail/queue-mail.ts";
import { withControl } from "../with-control.ts";
import { invitationDays } from "./invite-first-administrator.ts";

export interface InvitationRenewal {
  tenantId: string;
  invitationId: string;
  /** Lower case. Operators cannot read the earlier address, so they name one; it takes the earlier one's place. */
  email: string;
  reason: string;
  operatorId: string;
  requestId: string;
  /** The new link and its sealed mail; the same for the same request, so that a repeated one sends nothing twice. */
  makeLink: (organizationName: string) => Promise<{ tokenHash: string; sealed: string }>;
}

/**
 * Sends the first administrator's invitation again, open or expired: a new link for a new term; the link of before opens
 * nothing. Only while nobody belongs to the tenant, which the policy holds too.
 * @throws DomainError NOT_FOUND, or PRECONDITION_FAILED `invitation-not-open`.
 */
export async function renewFirstInvitation(pool: Pool, input: InvitationRenewal): Promise<"sent" | "repeated"> {
  const tenantId = input.tenantId as TenantId;
  const ctx: TenantContext = { tenantId, actor: { type: "operator", operatorId: input.operatorId }, requestId: input.requestId };
  const link = await input.makeLink(await readName(pool, tenantId));
  return withControl(pool, { tenantId }, async (tx) => {
    const mail = { dedupeKey: `invitation:${link.tokenHash}`, template: "invitation", sealed: link.sealed, tenantId };
    if (!(await queueMail(tx, mail))) return "repeated";
    const renewed = await tx.execute(sql`
      UPDATE control.invitations
      SET email = ${input.email}, token_hash = ${link.tokenHash}, expires_at = now() + make_interval(days => ${invitationDays})
      WHERE tenant_id = ${tenantId} AND invitation_id = ${input.invitationId} AND state = 'PENDING' AND role = 'owner'`);
    if (renewed.rowCount !== 1) {
      throw new DomainError("PRECONDITION_FAILED", "This invitation is not open, or the tenant has people already. Reload the page.", {
        reason: "invitation-not-open",
      });
    }
    await emitAudit(tx, ctx, "invitation.renewed", input.invitationId, { reason: input.reason });
    return "sent";
  });
}

async function readName(pool: Pool, tenantId: TenantId): Promise<string> {
  const { rows } = await withControl(pool, { tenantId }, (tx) =>
    tx.execute<{ name: string }>(sql`SELECT name FROM control.tenants WHERE tenant_id = ${tenantId} AND state = 'ACTIVE'`),
  );
  if (rows[0]) return rows[0].name;
  throw new DomainError("NOT_FOUND", "There is no such tenant, or it is not active.", { field: "tenantId" });
}
