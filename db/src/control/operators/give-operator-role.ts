import { DomainError } from "@leasehold/domain/errors";
import type { OperatorRole } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { withControl } from "../with-control.ts";
import { changeOperator, type OperatorChange } from "./change-operator.ts";

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
 * Gives an operator another role; one who is deactivated stays so.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `own-role`, `last-admin`; FORBIDDEN `operator-role`
 */
export async function changeOperatorRole(
  pool: Pool,
  { role, ...change }: OperatorChange & { role: OperatorRole },
): Promise<"changed" | "unchanged"> {
  if (change.operatorId === change.by)
    throw new DomainError("PRECONDITION_FAILED", "Another admin has to change your role.", { reason: "own-role" });
  return changeOperator(pool, change, { role });
}
