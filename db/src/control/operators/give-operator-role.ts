import { DomainError } from "@leasehold/domain/errors";
import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { withControl } from "../with-control.ts";

/** The role that comes with a new account. Idempotent by operator: one that was given before stays. */
export async function giveFirstRole(pool: Pool, operatorId: string, role: OperatorRole): Promise<void> {
  await crossTenants("operator-roles", () =>
    withControl(pool, {}, (tx) =>
      tx.execute(sql`
        INSERT INTO control.operator_roles (operator_id, seq, role, changed_by) VALUES (${operatorId}, 1, ${role}, 'system:account')
        ON CONFLICT DO NOTHING`),
    ),
  );
}

/**
 * Gives an operator another role; one who is deactivated stays so. Changes are made one after the other, so that two admins do not take the role from each other.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `own-role`, `last-admin`; FORBIDDEN `operator-role`
 */
export function changeOperatorRole(
  pool: Pool,
  { operatorId, role, reason, by }: { operatorId: string; role: OperatorRole; reason: string; by: string },
): Promise<"changed" | "unchanged"> {
  if (operatorId === by) throw new DomainError("PRECONDITION_FAILED", "Another admin has to change your role.", { reason: "own-role" });
  return crossTenants("operator-roles", () =>
    withControl(pool, {}, async (tx) => {
      await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('operator-roles', 0))`);
      const { rows } = await tx.execute<{ seq: number; role: string; active: boolean }>(sql`
        SELECT seq, role, active FROM control.operator_roles WHERE operator_id = ${operatorId} ORDER BY seq DESC LIMIT 1`);
      const current = rows[0];
      if (current === undefined) throw new DomainError("NOT_FOUND", "There is no such operator.", { field: "operatorId" });
      if (current.role === role) return "unchanged";
      await tx.execute(sql`
        INSERT INTO control.operator_roles (operator_id, seq, role, active, changed_by, reason)
        VALUES (${operatorId}, ${current.seq + 1}, ${role}, ${current.active}, ${`operator:${by}`}, ${reason})`);
      return "changed";
    }),
  );
}
