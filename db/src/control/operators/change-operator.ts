import { DomainError } from "@leasehold/domain/errors";
import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { withControl } from "../with-control.ts";

export interface OperatorChange {
  operatorId: string;
  reason: string;
  /** The operator who makes the change. */
  by: string;
}

/**
 * Appends an operator's next row of role and standing, with what `to` leaves out as it was. Changes are made one after the other, so that
 * two admins do not take the role from each other.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `last-admin`; FORBIDDEN `operator-role`
 */
export function changeOperator(
  pool: Pool,
  { operatorId, reason, by }: OperatorChange,
  to: { role?: OperatorRole; active?: boolean },
): Promise<"changed" | "unchanged"> {
  return crossTenants("operator-roles", () =>
    withControl(pool, {}, async (tx) => {
      await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('operator-roles', 0))`);
      const { rows } = await tx.execute<{ seq: number; role: OperatorRole; active: boolean }>(sql`
        SELECT seq, role, active FROM control.operator_roles WHERE operator_id = ${operatorId} ORDER BY seq DESC LIMIT 1`);
      const current = rows[0];
      if (current === undefined) throw new DomainError("NOT_FOUND", "There is no such operator.", { field: "operatorId" });
      const { role = current.role, active = current.active } = to;
      if (current.role === role && current.active === active) return "unchanged";
      await tx.execute(sql`
        INSERT INTO control.operator_roles (operator_id, seq, role, active, changed_by, reason)
        VALUES (${operatorId}, ${current.seq + 1}, ${role}, ${active}, ${`operator:${by}`}, ${reason})`);
      return "changed";
    }),
  );
}
