import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { withControl } from "../with-control.ts";

/**
 * Asks that somebody of the tenant is signed out everywhere, with the audit row in the same transaction; the portal does it. Asked again
 * before it is done, it changes nothing.
 * @throws DomainError NOT_FOUND for whoever is not in the tenant; FORBIDDEN `operator-role`
 */
export function requestSessionEnd(
  pool: Pool,
  ctx: TenantContext,
  { userId, reason }: { userId: string; reason: string },
): Promise<"requested" | "repeated"> {
  const { tenantId, requestId, actor } = ctx;
  return withControl(pool, { tenantId }, async (tx) => {
    const member = await tx.execute(sql`SELECT FROM control.members WHERE tenant_id = ${tenantId} AND user_id = ${userId}`);
    if (member.rowCount !== 1) throw new DomainError("NOT_FOUND", "This person is not in the tenant.", { reason: "person-unknown" });
    const asked = await tx.execute(sql`
      INSERT INTO control.session_ends (tenant_id, request_id, user_id, requested_by, reason)
      VALUES (${tenantId}, ${requestId}, ${userId}, ${actorRef(actor)}, ${reason}) ON CONFLICT DO NOTHING`);
    if (asked.rowCount !== 1) return "repeated";
    // The tenant reads its log: the reason is the operators' own.
    await emitAudit(tx, ctx, "sessions.end-requested", userId);
    return "requested";
  });
}
