import { DomainError } from "@leasehold/domain/errors";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { controlQuery, withControl } from "../with-control.ts";
import type { OperatorChange } from "./change-operator.ts";

/**
 * Writes down that an operator is signed out everywhere, and whether their second factor is taken away with that, before it is done.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `own-sessions`; FORBIDDEN `operator-role`
 */
export async function noteOperatorSessionsEnded(
  pool: Pool,
  change: OperatorChange & { requestId: string; secondFactor?: boolean },
): Promise<void> {
  const { operatorId, reason, by, requestId, secondFactor = false } = change;
  if (operatorId === by) {
    const instead = secondFactor ? "Change your own under Second factor" : "Sign out instead";
    throw new DomainError("PRECONDITION_FAILED", `${instead}: this is for another operator.`, { reason: "own-sessions" });
  }
  await crossTenants("operator-roles", () =>
    withControl(pool, {}, async (tx) => {
      const { rowCount } = await tx.execute(sql`SELECT FROM control.operator_roles WHERE operator_id = ${operatorId} LIMIT 1`);
      if (rowCount !== 1) throw new DomainError("NOT_FOUND", "There is no such operator.", { field: "operatorId" });
      await tx.execute(sql`
        INSERT INTO control.operator_session_ends (operator_id, request_id, ended_by, reason, second_factor)
        VALUES (${operatorId}, ${requestId}, ${`operator:${by}`}, ${reason}, ${secondFactor})`);
    }),
  );
}

export interface OperatorSessionsEnded {
  operatorId: string;
  endedBy: string;
  reason: string;
  /** Whether their second factor went as well. */
  secondFactor: boolean;
  endedAt: Date;
}

/** Whose sessions admins have ended: the latest 50, newest first. */
export async function listOperatorSessionEnds(pool: Pool): Promise<OperatorSessionsEnded[]> {
  const { rows } = await crossTenants("operator-roles", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<Omit<OperatorSessionsEnded, "endedAt"> & { at: string }>(sql`
        SELECT operator_id AS "operatorId", ended_by AS "endedBy", reason, second_factor AS "secondFactor", ended_at AS at
        FROM control.operator_session_ends ORDER BY ended_at DESC, request_id LIMIT 50`),
    ),
  );
  return rows.map(({ at, ...row }) => ({ ...row, endedAt: new Date(at) }));
}
