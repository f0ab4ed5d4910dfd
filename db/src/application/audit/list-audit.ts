import { sql } from "drizzle-orm";
import { type AuditFilter, filterAudit } from "../../audit/audit-filter.ts";
import type { TenantTransaction } from "../with-tenant.ts";

export interface AuditRow {
  auditId: string;
  actor: string;
  action: string;
  target: string;
  details: Record<string, unknown>;
  sealedDetails: Buffer | null;
  seq: number | null;
  createdAt: Date;
  /** Time with its microseconds, as the list's cursor has it. */
  at: string;
}

/** One tenant's audit log of the application plane, newest first, from behind `before`. One statement. */
export async function listAudit(
  tx: TenantTransaction,
  tenantId: string,
  page: AuditFilter & { before?: readonly [at: string, auditId: string]; limit: number },
): Promise<AuditRow[]> {
  const before = page.before ? sql`AND (created_at, audit_id) < (${page.before[0]}::timestamptz, ${page.before[1]})` : sql``;
  const { rows } = await tx.execute<Record<string, unknown>>(sql`
    SELECT * FROM app.audit WHERE tenant_id = ${tenantId} ${before} ${filterAudit(page)}
    ORDER BY created_at DESC, audit_id DESC LIMIT ${page.limit}`);
  return rows.map((row) => ({
    auditId: String(row.audit_id),
    actor: String(row.actor),
    action: String(row.action),
    target: String(row.target),
    details: row.details as Record<string, unknown>,
    sealedDetails: row.sealed_details as Buffer | null,
    seq: row.seq === null ? null : Number(row.seq),
    createdAt: new Date(String(row.created_at)),
    at: String(row.created_at),
  }));
}
