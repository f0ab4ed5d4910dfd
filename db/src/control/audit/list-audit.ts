import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { withControl } from "../with-control.ts";

export interface AuditRow {
  auditId: string;
  actor: string;
  action: string;
  target: string;
  details: Record<string, unknown>;
  requestId: string;
  operationId: string | null;
  createdAt: Date;
}

/** One tenant's audit log, newest first. */
export async function listAudit(
  pool: Pool,
  tenantId: string,
  page: { cursor?: string; limit: number },
): Promise<{ items: AuditRow[]; nextCursor: string | null }> {
  const cursor = page.cursor ? decodeCursor(page.cursor) : undefined;
  const before = cursor ? sql`AND (created_at, audit_id) < (${cursor[0]}::timestamptz, ${cursor[1]})` : sql``;
  const result = await withControl(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, string | null>>(sql`
      SELECT * FROM control.audit WHERE tenant_id = ${tenantId} ${before} ORDER BY created_at DESC, audit_id DESC LIMIT ${page.limit + 1}`),
  );
  const rows = result.rows.slice(0, page.limit);
  const last = rows.at(-1);
  return {
    items: rows.map((row) => ({
      auditId: String(row.audit_id),
      actor: String(row.actor),
      action: String(row.action),
      target: String(row.target),
      details: row.details as unknown as Record<string, unknown>,
      requestId: String(row.request_id),
      operationId: row.operation_id ?? null,
      createdAt: new Date(String(row.created_at)),
    })),
    nextCursor: result.rows.length > page.limit && last ? encodeCursor([String(last.created_at), String(last.audit_id)]) : null,
  };
}
