import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { controlQuery } from "../with-control.ts";

export interface OperatorStanding {
  role: OperatorRole;
  /** False for somebody who was deactivated: they may do nothing, and do not sign in. */
  active: boolean;
}

/** The role that an operator has now, and whether they are active; undefined for somebody who was never given a role. */
export async function readOperatorStanding(pool: Pool, operatorId: string): Promise<OperatorStanding | undefined> {
  const { rows } = await crossTenants("operator-roles", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<OperatorStanding & Record<string, unknown>>(sql`
        SELECT role, active FROM control.operator_roles WHERE operator_id = ${operatorId} ORDER BY seq DESC LIMIT 1`),
    ),
  );
  return rows[0];
}
