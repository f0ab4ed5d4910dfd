import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type pg from "pg";
import { toDomainError } from "../../errors.ts";

/** `shredding`: the point of no return is passed. Otherwise why not yet, and nothing has changed. */
export type HoldOutcome = "shredding" | "holding" | "legal-hold" | "cancelled" | "busy";

/** Asks the database for the last word on a hold, at the workflow's time. The same again gives the same answer. */
export async function endHold(
  pool: pg.Pool,
  { tenantId, operationId, at }: { tenantId: TenantId; operationId: OperationId; at: Date },
): Promise<HoldOutcome> {
  const ask = {
    name: "offboarding-end-hold",
    text: "select control.end_hold($1, $2, $3, $4, $5) as outcome",
    values: [tenantId, operationId, at.toISOString(), newId("pseudonym"), newId("holdChange")],
  };
  const { rows } = await pool.query<{ outcome: HoldOutcome }>(ask).catch((error: unknown) => Promise.reject(toDomainError(error)));
  if (rows[0] === undefined) throw new Error("the hold gave no answer");
  return rows[0].outcome;
}
