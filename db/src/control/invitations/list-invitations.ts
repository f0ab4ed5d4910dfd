import type { TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import { and, desc, eq, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { invitations } from "../schema/invitations.ts";
import { controlQuery } from "../with-control.ts";

export interface PendingInvitation {
  invitationId: string;
  email: string;
  role: Role;
  createdAt: Date;
  expiresAt: Date;
}

/** A tenant's invitations that nobody accepted yet, newest first; expired ones too, to be sent again. */
export function listInvitations(pool: Pool, tenantId: TenantId): Promise<PendingInvitation[]> {
  const { invitationId, email, role, createdAt, expiresAt } = invitations;
  return controlQuery(pool, { tenantId }, (tx) =>
    tx
      .select({ invitationId, email, role, createdAt, expiresAt })
      .from(invitations)
      .where(and(eq(invitations.tenantId, tenantId), sql`${invitations.state} IN ('HELD', 'PENDING')`))
      .orderBy(desc(createdAt)),
  );
}
