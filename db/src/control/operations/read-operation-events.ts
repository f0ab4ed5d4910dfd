import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";

export interface OperationEvent {
  /** Counts from 1 within the operation, without a gap. */
  seq: number;
  kind: "step" | "operation";
  step: string | null;
  state: string;
  attempt: number | null;
  errorCode: string | null;
  at: Date;
}

/** What happened in one operation after the event numbered `afterSeq`, in order; at most 500 events. */
export async function readOperationEvents(pool: Pool, tenantId: string, operationId: string, afterSeq: number): Promise<OperationEvent[]> {
  const result = await withControl(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, string | number | null>>(sql`
      SELECT seq, kind, step, state, attempt, error_code, at FROM control.operation_events
      WHERE tenant_id = ${tenantId} AND operation_id = ${operationId} AND seq > ${afterSeq} ORDER BY seq LIMIT 500`),
  );
  return result.rows.map((row) => ({
    seq: Number(row.seq),
    kind: row.kind as OperationEvent["kind"],
    step: row.step === null ? null : String(row.step),
    state: String(row.state),
    attempt: row.attempt === null ? null : Number(row.attempt),
    errorCode: row.error_code === null ? null : String(row.error_code),
    at: new Date(String(row.at)),
  }));
}
