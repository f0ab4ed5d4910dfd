import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { controlQuery } from "../with-control.ts";

/** The role that an operator has now; undefined for somebody who was never given one. */
export async function readOperatorRole(pool: Pool, operatorId: string): Promise<OperatorRole | undefined> {
  const { rows } = await crossTenants("operator-roles", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<{ role: OperatorRole }>(sql`
        SELECT role FROM control.operator_roles WHERE operator_id = ${operatorId} ORDER BY seq DESC LIMIT 1`),
    ),
  );
  return rows[0]?.role;
}
