import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { type AuditFilter, filterAudit } from "../../audit/audit-filter.ts";
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
  /** Its place in the tenant's chain; null until it is sealed, within a second. */
  seq: number | null;
  /** Where the list goes on after this row, whichever plane's. */
  cursor: string;
}

/** One tenant's audit log of the control plane, newest first. */
export async function listAudit(
  pool: Pool,
  tenantId: string,
  page: AuditFilter & { cursor?: string; limit: number },
): Promise<{ items: AuditRow[]; nextCursor: string | null }> {
  const cursor = page.cursor ? decodeCursor(page.cursor) : undefined;
  const before = cursor ? sql`AND (created_at, audit_id) < (${cursor[0]}::timestamptz, ${cursor[1]})` : sql``;
  const result = await withControl(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, string | null>>(sql`
      SELECT * FROM control.audit WHERE tenant_id = ${tenantId} ${before} ${filterAudit(page)}
      ORDER BY created_at DESC, audit_id DESC LIMIT ${page.limit + 1}`),
  );
  const items = result.rows.slice(0, page.limit).map((row) => ({
    auditId: String(row.audit_id),
    actor: String(row.actor),
    action: String(row.action),
    target: String(row.target),
    details: row.details as unknown as Record<string, unknown>,
    requestId: String(row.request_id),
    operationId: row.operation_id ?? null,
    createdAt: new Date(String(row.created_at)),
    seq: row.seq === null ? null : Number(row.seq),
    cursor: encodeCursor([String(row.created_at), String(row.audit_id)]),
  }));
  return { items, nextCursor: result.rows.length > page.limit ? (items.at(-1)?.cursor ?? null) : null };
}
