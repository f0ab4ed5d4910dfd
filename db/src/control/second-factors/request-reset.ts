import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { withControl } from "../with-control.ts";

/**
 * An operator's wish to take away the second factor of somebody of the tenant; `reason` says how they were identified. Another operator has
 * to agree. Asking again for what waits gives it back.
 * @throws DomainError NOT_FOUND for whoever is not in the tenant; CONFLICT `reset-open`; FORBIDDEN `operator-role`
 */
export function requestReset(
  pool: Pool,
  ctx: TenantContext,
  { userId, reason }: { userId: string; reason: string },
): Promise<{ resetId: string; outcome: "requested" | "repeated" }> {
  const { tenantId } = ctx;
  const actor = actorRef(ctx.actor);
  return withControl(pool, { tenantId }, async (tx) => {
    const member = await tx.execute(sql`SELECT FROM control.members WHERE tenant_id = ${tenantId} AND user_id = ${userId}`);
    if (member.rowCount !== 1) throw new DomainError("NOT_FOUND", "This person is not in the tenant.", { reason: "person-unknown" });
    const resetId = newId("secondFactorReset");
    const asked = await tx.execute(sql`
      INSERT INTO control.second_factor_resets (tenant_id, reset_id, user_id, requested_by, reason)
      VALUES (${tenantId}, ${resetId}, ${userId}, ${actor}, ${reason}) ON CONFLICT (tenant_id, user_id) DO NOTHING`);
    if (asked.rowCount !== 1) {
      const { rows } = await tx.execute<{ resetId: string }>(sql`
        SELECT reset_id AS "resetId" FROM control.second_factor_resets
        WHERE tenant_id = ${tenantId} AND user_id = ${userId} AND requested_by = ${actor} AND approved_at IS NULL`);
      if (rows[0] !== undefined) return { resetId: rows[0].resetId, outcome: "repeated" };
      throw new DomainError("CONFLICT", "This was asked for already. Reload the page to see what became of it.", { reason: "reset-open" });
    }
    // The tenant reads its log: how the person was identified is the operators' own.
    await emitAudit(tx, ctx, "second-factor.reset-requested", userId);
    return { resetId, outcome: "requested" };
  });
}
