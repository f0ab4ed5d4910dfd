import { DomainError } from "@leasehold/domain/errors";
import type { Pool } from "pg";
import { changeOperator, type OperatorChange } from "./change-operator.ts";

/**
 * Deactivates an operator, who may do nothing from then on and keeps their role for the day that they are reactivated. What they asked for
 * and nobody has agreed to cannot be agreed to any more.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `own-standing`, `last-admin`; FORBIDDEN `operator-role`
 */
export async function changeOperatorStanding(
  pool: Pool,
  { active, ...change }: OperatorChange & { active: boolean },
): Promise<"changed" | "unchanged"> {
  if (change.operatorId === change.by) {
    throw new DomainError("PRECONDITION_FAILED", "Another admin has to do this: nobody deactivates themselves.", {
      reason: "own-standing",
    });
  }
  return changeOperator(pool, change, { active });
}
