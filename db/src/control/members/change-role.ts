import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { canAssignRole, type Role } from "@leasehold/domain/roles";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

/**
 * Gives a member another role. Only owners make or unmake owners, and the last owner stays one.
 * Throws NOT_FOUND, FORBIDDEN (`role-not-assignable`), PRECONDITION_FAILED (`last-owner`).
 */
export async function changeRole(pool: Pool, ctx: TenantContext, by: Role, userId: string, role: Role): Promise<"changed" | "unchanged"> {
  return withControl(pool, { tenantId: ctx.tenantId }, async (tx) => {
    const current = await lockMember(tx, ctx, userId);
    if (current === role) return "unchanged";
    if (!canAssignRole(by, current) || !canAssignRole(by, role)) throw notAssignable();
    await tx.execute(sql`UPDATE control.members SET role = ${role} WHERE tenant_id = ${ctx.tenantId} AND user_id = ${userId}`);
    await emitAudit(tx, ctx, "member.role-changed", userId, { from: current, to: role });
    return "changed";
  });
}

/** Takes a member out. Leaving by oneself needs no right over others. Throws as `changeRole` does. */
export async function removeMember(pool: Pool, ctx: TenantContext, by: Role, userId: string): Promise<"removed"> {
  return withControl(pool, { tenantId: ctx.tenantId }, async (tx) => {
    const current = await lockMember(tx, ctx, userId);
    const self = ctx.actor.type === "user" && ctx.actor.userId === userId;
    if (!self && !canAssignRole(by, current)) throw notAssignable();
    await tx.execute(sql`DELETE FROM control.members WHERE tenant_id = ${ctx.tenantId} AND user_id = ${userId}`);
    await emitAudit(tx, ctx, self ? "member.left" : "member.removed", userId, { role: current });
    return "removed" as const;
  });
}

async function lockMember(tx: ControlTransaction, ctx: TenantContext, userId: string): Promise<Role> {
  const { rows } = await tx.execute<{ role: Role }>(sql`
    SELECT role FROM control.members WHERE tenant_id = ${ctx.tenantId} AND user_id = ${userId} FOR UPDATE`);
  if (rows[0]) return rows[0].role;
  throw new DomainError("NOT_FOUND", "This person is not a member of the workspace.", { reason: "member-unknown" });
}

/** One answer for every role that one may not give or take. */
export function notAssignable(): DomainError {
  return new DomainError("FORBIDDEN", "Only an owner makes, changes or removes owners.", { reason: "role-not-assignable" });
}
