import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { controlQuery } from "../with-control.ts";

export interface OperatorRoleChange {
  operatorId: string;
  role: OperatorRole;
  /** False from the moment that they were deactivated. */
  active: boolean;
  /** An operator, or `system:…` for the role that came with the account. */
  changedBy: string;
  reason: string | null;
  changedAt: Date;
}

/** Every change of a role or of who is active, newest first: an operator's first row here is what holds. */
export async function listOperatorRoles(pool: Pool): Promise<OperatorRoleChange[]> {
  const { rows } = await crossTenants("operator-roles", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<Omit<OperatorRoleChange, "changedAt"> & { changed: string }>(sql`
        SELECT operator_id AS "operatorId", role, active, changed_by AS "changedBy", reason, changed_at AS changed
        FROM control.operator_roles ORDER BY changed_at DESC, seq DESC`),
    ),
  );
  return rows.map(({ changed, ...row }) => ({ ...row, changedAt: new Date(changed) }));
}
