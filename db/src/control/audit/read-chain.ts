import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { type AuditEntry, type AuditHead, entryColumns } from "../../audit/audit-entry.ts";
import { controlQuery } from "../with-control.ts";

/** A piece of one tenant's chain in the control plane, in its order; what waits for its seal is left out. */
export async function readChain(pool: Pool, tenantId: string, after: number, limit: number): Promise<AuditEntry[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, unknown>>(sql`
      SELECT ${sql.raw(entryColumns("control"))} FROM control.audit a
      WHERE a.tenant_id = ${tenantId} AND a.seq > ${after} ORDER BY a.seq LIMIT ${limit}`),
  );
  return rows as unknown as AuditEntry[];
}

/** Where anchors say that the chains of one tenant, in both planes, had been; newest first. */
export async function listAnchors(
  pool: Pool,
  tenantId: string,
  limit: number,
): Promise<(AuditHead & { anchoredAt: Date; objectKey: string })[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, unknown>>(sql`
      SELECT plane, tenant_id AS "tenantId", seq::int AS seq, encode(link, 'hex') AS link, anchored_at AS "anchoredAt", object_key AS "objectKey"
      FROM control.audit_anchors WHERE tenant_id = ${tenantId} ORDER BY anchored_at DESC, plane LIMIT ${limit}`),
  );
  return rows.map((row) => ({ ...(row as unknown as AuditHead & { objectKey: string }), anchoredAt: new Date(String(row.anchoredAt)) }));
}
