import { withConnection } from "../client.ts";
import { type AuditEntry, type AuditHead, entryColumns } from "./audit-entry.ts";
import type { AuditPlane } from "./chain.ts";

/** One tenant's log as it is in both databases, with the ends that the databases and the anchors name. As the role auditor. */
export async function readTenantLog(
  urls: Record<AuditPlane, string>,
  tenantId: string,
): Promise<{ entries: AuditEntry[]; heads: AuditHead[] }> {
  const entries: AuditEntry[] = [];
  const heads: AuditHead[] = [];
  for (const plane of ["control", "application"] as const) {
    const schema = plane === "control" ? "control" : "app";
    await withConnection(urls[plane], async (client) => {
      const rows = await client.query<AuditEntry>(
        `select ${entryColumns(plane)} from ${schema}.audit a where a.tenant_id = $1 order by a.seq nulls last, a.created_at, a.audit_id`,
        [tenantId],
      );
      entries.push(...rows.rows);
      const found = await client.query<AuditHead>(
        `select '${plane}' as plane, tenant_id as "tenantId", seq::int as seq, encode(link, 'hex') as link from ${schema}.audit_heads where tenant_id = $1`,
        [tenantId],
      );
      heads.push(...found.rows);
      if (plane === "application") return;
      const anchors = await client.query<AuditHead>(
        `select plane, tenant_id as "tenantId", seq::int as seq, encode(link, 'hex') as link from control.audit_anchors where tenant_id = $1`,
        [tenantId],
      );
      heads.push(...anchors.rows);
    });
  }
  return { entries, heads };
}
