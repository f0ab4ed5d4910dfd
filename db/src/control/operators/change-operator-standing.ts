import { DomainError } from "@leasehold/domain/errors";
import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { withControl } from "../with-control.ts";

/**
 * Deactivates an operator, who may do nothing from then on and keeps their role for the day that they are reactivated. What they asked for
 * and nobody has agreed to cannot be agreed to any more. Changes are made one after the other.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `own-standing`, `last-admin`; FORBIDDEN `operator-role`
 */
export function changeOperatorStanding(
  pool: Pool,
  { operatorId, active, reason, by }: { operatorId: string; active: boolean; reason: string; by: string },
): Promise<"changed" | "unchanged"> {
  if (operatorId === by) {
    throw new DomainError("PRECONDITION_FAILED", "Another admin has to do this: nobody deactivates themselves.", {
      reason: "own-standing",
    });
  }
  return crossTenants("operator-roles", () =>
    withControl(pool, {}, async (tx) => {
      await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('operator-roles', 0))`);
      const { rows } = await tx.execute<{ seq: number; role: OperatorRole; active: boolean }>(sql`
        SELECT seq, role, active FROM control.operator_roles WHERE operator_id = ${operatorId} ORDER BY seq DESC LIMIT 1`);
      const current = rows[0];
      if (current === undefined) throw new DomainError("NOT_FOUND", "There is no such operator.", { field: "operatorId" });
      if (current.active === active) return "unchanged";
      await tx.execute(sql`
        INSERT INTO control.operator_roles (operator_id, seq, role, active, changed_by, reason)
        VALUES (${operatorId}, ${current.seq + 1}, ${current.role}, ${active}, ${`operator:${by}`}, ${reason})`);
      return "changed";
    }),
  );
}
