import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import type { ControlTransaction } from "../with-control.ts";
import { callStep, type StepRef } from "./step-call.ts";

export interface FinishUndoInput extends StepRef {
  /** Kinds of resources that are gone now. */
  released: string[];
  requestId: string;
}

export async function finishUndo(pool: pg.Pool, input: FinishUndoInput): Promise<void> {
  await callStep(pool, "finish_undo", [input.tenantId, input.operationId, input.step, input.released, newId("audit"), input.requestId]);
}

/** As `finishUndo`, within the transaction of the undo's effect. */
export async function finishUndoWithin(
  tx: ControlTransaction,
  { tenantId, operationId, step, released, requestId }: FinishUndoInput,
): Promise<void> {
  const kinds = sql.param(released);
  await tx.execute(
    sql`select control.finish_undo(${tenantId}, ${operationId}, ${step}, ${kinds}::text[], ${newId("audit")}, ${requestId})`,
  );
}
