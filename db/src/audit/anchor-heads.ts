import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { withAdministration } from "../application/with-administration.ts";
import { withControl } from "../control/with-control.ts";
import { crossTenants } from "../cross-tenants.ts";
import type { AuditHead } from "./audit-entry.ts";
import type { AuditPlane } from "./chain.ts";

/** Ends of chains in one database that no anchor has yet, of all tenants. */
export async function listMovedHeads(pool: pg.Pool, plane: AuditPlane): Promise<AuditHead[]> {
  const schema = plane === "control" ? "control" : "app";
  const moved = {
    name: `audit-heads-${plane}`,
    text: `select '${plane}' as plane, tenant_id as "tenantId", seq::int as seq, encode(link, 'hex') as link
      from ${schema}.audit_heads where seq > anchored_seq order by tenant_id limit 10000`,
  };
  const { rows } = await crossTenants("audit-anchor", () => pool.query<AuditHead>(moved));
  return rows;
}

/** Writes down in the control database that a head is in the object store, then in its own that it is anchored. */
export async function recordAnchor(control: pg.Pool, from: pg.Pool, head: AuditHead, objectKey: string): Promise<void> {
  const tenantId = head.tenantId as TenantId;
  await withControl(control, { tenantId }, async (tx) => {
    await tx.execute(sql`
      insert into control.audit_anchors (tenant_id, plane, seq, link, object_key)
      values (${tenantId}, ${head.plane}, ${head.seq}, decode(${head.link}, 'hex'), ${objectKey}) on conflict do nothing`);
    if (head.plane === "control")
      await tx.execute(sql`
        update control.audit_heads set anchored_seq = ${head.seq} where tenant_id = ${tenantId} and anchored_seq < ${head.seq}`);
  });
  if (head.plane === "control") return;
  await withAdministration(from, tenantId, (tx) =>
    tx.execute(sql`update app.audit_heads set anchored_seq = ${head.seq} where tenant_id = ${tenantId} and anchored_seq < ${head.seq}`),
  );
}
