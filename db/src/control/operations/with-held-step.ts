import type pg from "pg";
import { runTransaction } from "../../transaction.ts";
import type { ControlTransaction } from "../with-control.ts";
import type { HeldStep } from "./step-call.ts";

/**
 * The transaction of a step's effect. It is entered with the attempt's lease, before anything is written: an attempt that was
 * given up changes nothing. Throws PRECONDITION_FAILED (`operation-not-running`) then.
 */
export function withHeldStep<T>(pool: pg.Pool, held: HeldStep, work: (tx: ControlTransaction) => Promise<T>): Promise<T> {
  const values = [held.tenantId, held.operationId, held.step, held.lease];
  return runTransaction(pool, { name: "step-hold", text: "select control.hold_step($1, $2, $3, $4)", values }, work);
}
