import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { controlQuery } from "../with-control.ts";

export interface OperatorRoleChange {
  operatorId: string;
  role: OperatorRole;
  /** An operator, or `system:…` for the role that came with the account. */
  changedBy: string;
  reason: string | null;
  changedAt: Date;
}

/** Every role that was ever given, newest first: an operator's first row here is the role that holds. */
export async function listOperatorRoles(pool: Pool): Promise<OperatorRoleChange[]> {
  const { rows } = await crossTenants("operator-roles", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<Omit<OperatorRoleChange, "changedAt"> & { changed: string }>(sql`
        SELECT operator_id AS "operatorId", role, changed_by AS "changedBy", reason, changed_at AS changed
        FROM control.operator_roles ORDER BY changed_at DESC, seq DESC`),
    ),
  );
  return rows.map(({ changed, ...row }) => ({ ...row, changedAt: new Date(changed) }));
}
