import type pg from "pg";
import { type Entry, runTransaction } from "../../transaction.ts";
import type { ControlTransaction } from "../with-control.ts";
import type { HeldStep } from "./step-call.ts";

/**
 * The transaction of a step's effect. It is entered with the attempt's lease, before anything is written: an attempt that was
 * given up changes nothing. Throws PRECONDITION_FAILED (`operation-not-running`) then.
 */
export function withHeldStep<T>(pool: pg.Pool, held: HeldStep, work: (tx: ControlTransaction) => Promise<T>): Promise<T> {
  return runTransaction(pool, heldStepEntry(held), work);
}

export function heldStepEntry({ tenantId, operationId, step, lease }: HeldStep): Entry {
  return { name: "step-hold", text: "select control.hold_step($1, $2, $3, $4)", values: [tenantId, operationId, step, lease] };
}
