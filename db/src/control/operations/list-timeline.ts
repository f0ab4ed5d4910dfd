import type { OperationKind } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";

export interface TimelineEntry {
  id: string;
  at: Date;
  kind: "operation" | "step" | "command" | "fact";
  /** The state that was entered, the command that was given, or the type of the fact. */
  what: string;
  step: string | null;
  code: string | null;
  actor: string | null;
  operationId: string | null;
  /** The kind of that operation. */
  of: OperationKind | null;
}

/** What happened to one tenant, newest first, from events, commands and facts; at most 200 entries. */
export async function listTimeline(pool: Pool, tenantId: string): Promise<TimelineEntry[]> {
  const result = await withControl(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, string | null>>(sql`
      SELECT entries.*, (SELECT o.kind FROM control.operations o WHERE o.tenant_id = ${tenantId} AND o.operation_id = entries.operation_id) AS of FROM (
        SELECT operation_id || ':' || seq AS id, at, kind, state AS what, step, error_code AS code, NULL AS actor, operation_id
          FROM control.operation_events WHERE tenant_id = ${tenantId} AND (kind = 'operation' OR state IN ('SUCCEEDED', 'FAILED', 'UNDONE'))
        UNION ALL
        SELECT command_id, created_at, 'command', kind, payload->>'step', refusal, actor, operation_id
          FROM control.commands WHERE tenant_id = ${tenantId}
        UNION ALL
        SELECT event_id, created_at, 'fact', type, NULL, NULL, NULL, operation_id FROM control.outbox WHERE tenant_id = ${tenantId}
      ) entries ORDER BY at DESC, id DESC LIMIT 200`),
  );
  return result.rows.map((row) => ({
    id: String(row.id),
    at: new Date(String(row.at)),
    kind: row.kind as TimelineEntry["kind"],
    what: String(row.what),
    step: row.step ?? null,
    code: row.code ?? null,
    actor: row.actor ?? null,
    operationId: row.operation_id ?? null,
    of: (row.of as OperationKind | null) ?? null,
  }));
}
