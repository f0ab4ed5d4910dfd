import { and, asc, eq, gt } from "drizzle-orm";
import type { Pool } from "pg";
import { operationEvents, operationSteps } from "../schema/operations.ts";
import { controlQuery } from "../with-control.ts";

type Row = typeof operationEvents.$inferSelect;

export interface OperationEvent extends Pick<Row, "seq" | "kind" | "step" | "state" | "attempt" | "errorCode" | "at"> {
  /** The step's own times as they are now: an event is written when its turn among those of the operation has come. */
  stepStartedAt: Date | null;
  stepFinishedAt: Date | null;
}

/** What happened in one operation after the event numbered `afterSeq`, in order and without a gap; at most 500 events. */
export function readOperationEvents(pool: Pool, tenantId: string, operationId: string, afterSeq: number): Promise<OperationEvent[]> {
  const { seq, kind, step, state, attempt, errorCode, at } = operationEvents;
  const { startedAt: stepStartedAt, finishedAt: stepFinishedAt } = operationSteps;
  const ofStep = and(
    eq(operationSteps.tenantId, tenantId),
    eq(operationSteps.operationId, operationEvents.operationId),
    eq(operationSteps.step, step),
  );
  return controlQuery(pool, { tenantId }, (tx) =>
    tx
      .select({ seq, kind, step, state, attempt, errorCode, at, stepStartedAt, stepFinishedAt })
      .from(operationEvents)
      .leftJoin(operationSteps, ofStep)
      .where(and(eq(operationEvents.tenantId, tenantId), eq(operationEvents.operationId, operationId as `op_${string}`), gt(seq, afterSeq)))
      .orderBy(asc(seq))
      .limit(500),
  );
}
