import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { runBatch } from "../../transaction.ts";
import type { ControlTransaction } from "../with-control.ts";
import { callStep, type HeldStep } from "./step-call.ts";
import { heldStepEntry } from "./with-held-step.ts";

export interface MadeResource {
  kind: string;
  name: string;
  /** What the provider calls it: an ARN, as a rule. */
  ref?: string;
}

/** The part of a step's effect in the control database: queries of which none needs another's answer. */
export type StepStatements = (tx: ControlTransaction) => readonly PromiseLike<unknown>[];

export interface FinishStepInput extends HeldStep {
  made: MadeResource[];
  requestId: string;
}

/**
 * Marks a step as done and its resources as made, with an audit row; with the step's own statements, once the attempt's lease is held,
 * in the same round trip. Throws PRECONDITION_FAILED (`operation-not-running`) without the lease, and has changed nothing then.
 */
export async function finishStep(pool: pg.Pool, input: FinishStepInput, statements?: StepStatements): Promise<void> {
  if (statements === undefined) await callStep(pool, "finish_step", valuesOf(input));
  else await runBatch(pool, heldStepEntry(input), (tx) => [...statements(tx), finishStepWithin(tx, input)]);
}

/** As `finishStep`, within the transaction of the step's effect. */
export async function finishStepWithin(tx: ControlTransaction, input: FinishStepInput): Promise<void> {
  const [tenantId, operationId, step, lease, made, auditId, requestId] = valuesOf(input);
  await tx.execute(
    sql`select control.finish_step(${tenantId}, ${operationId}, ${step}, ${lease}::uuid, ${made}::jsonb, ${auditId}, ${requestId})`,
  );
}

function valuesOf({ tenantId, operationId, step, lease, made, requestId }: FinishStepInput): string[] {
  return [tenantId, operationId, step, lease, JSON.stringify(made), newId("audit"), requestId];
}
