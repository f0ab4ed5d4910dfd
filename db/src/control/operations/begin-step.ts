import type pg from "pg";
import { callStep, type StepCatalog, type StepRef } from "./step-call.ts";

export interface BeginStepInput extends StepRef {
  position: number;
  stage: number;
  /** Counts from 1. */
  attempt: number;
}

/**
 * Marks a step as running, or as trying again, and reads what it needs. A step that has succeeded stays as it is and
 * says so by `earlier`. Throws PRECONDITION_FAILED (`operation-not-running`) when the operation is parked or ended.
 */
export function beginStep(pool: pg.Pool, input: BeginStepInput): Promise<StepCatalog> {
  return callStep(pool, "begin_step", [input.tenantId, input.operationId, input.step, input.position, input.stage, input.attempt]);
}
