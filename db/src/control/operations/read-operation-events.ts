import { and, asc, eq, gt } from "drizzle-orm";
import type { Pool } from "pg";
import { operationEvents } from "../schema/operations.ts";
import { controlQuery } from "../with-control.ts";

export type OperationEvent = Pick<typeof operationEvents.$inferSelect, "seq" | "kind" | "step" | "state" | "attempt" | "errorCode" | "at">;

/** What happened in one operation after the event numbered `afterSeq`, in order and without a gap; at most 500 events. */
export function readOperationEvents(pool: Pool, tenantId: string, operationId: string, afterSeq: number): Promise<OperationEvent[]> {
  const { seq, kind, step, state, attempt, errorCode, at } = operationEvents;
  return controlQuery(pool, { tenantId }, (tx) =>
    tx
      .select({ seq, kind, step, state, attempt, errorCode, at })
      .from(operationEvents)
      .where(and(eq(operationEvents.tenantId, tenantId), eq(operationEvents.operationId, operationId as `op_${string}`), gt(seq, afterSeq)))
      .orderBy(asc(seq))
      .limit(500),
  );
}
