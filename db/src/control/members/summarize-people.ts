import type { Role } from "@leasehold/domain/roles";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";

export interface PeopleSummary {
  members: { role: Role; count: number; newest: Date }[];
  invitations: {
    invitationId: string;
    /** `a…@example.com`: enough to recognise a typing error in the domain, not to write to the person. */
    maskedEmail: string;
    role: Role;
    state: "HELD" | "PENDING" | "ACCEPTED" | "REVOKED";
    invitedBy: string;
    createdAt: Date;
    expiresAt: Date;
    /** Whether an operator may send it again: the first administrator's, open or expired, while the tenant has nobody. */
    renewable: boolean;
  }[];
}

/** How many people a tenant has in which role, and its invitations. Names and addresses stay in the tenant's own portal. */
export function summarizePeople(pool: Pool, tenantId: string): Promise<PeopleSummary> {
  return withControl(pool, { tenantId }, async (tx) => {
    const members = await tx.execute<{ role: Role; count: number; newest: string }>(sql`
      SELECT role, count(*)::int AS count, max(created_at) AS newest FROM control.members WHERE tenant_id = ${tenantId} GROUP BY role`);
    const invitations = await tx.execute<Record<string, string>>(sql`
      SELECT invitation_id, email_mask, role, state, invited_by, created_at, expires_at,
        (state = 'PENDING' AND role = 'owner' AND invited_by LIKE 'operator:%'
          AND NOT EXISTS (SELECT FROM control.members m WHERE m.tenant_id = i.tenant_id))::text AS renewable
      FROM control.invitations i WHERE tenant_id = ${tenantId} ORDER BY created_at DESC, invitation_id DESC LIMIT 100`);
    return {
      members: members.rows.map((row) => ({ role: row.role, count: row.count, newest: new Date(row.newest) })),
      invitations: invitations.rows.map((row) => ({
        invitationId: String(row.invitation_id),
        maskedEmail: String(row.email_mask),
        role: row.role as Role,
        state: row.state as PeopleSummary["invitations"][number]["state"],
        invitedBy: String(row.invited_by),
        createdAt: new Date(String(row.created_at)),
        expiresAt: new Date(String(row.expires_at)),
        renewable: row.renewable === "true",
      })),
    };
  });
}
