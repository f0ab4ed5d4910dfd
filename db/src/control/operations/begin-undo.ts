import type pg from "pg";
import { callStep, type StepCatalog, type StepRef } from "./step-call.ts";

/** Marks a step as being undone. A step that was never tried stays as it is. Throws unless the operation rolls back. */
export function beginUndo(pool: pg.Pool, input: StepRef): Promise<StepCatalog> {
  return callStep(pool, "begin_undo", [input.tenantId, input.operationId, input.step]);
}
