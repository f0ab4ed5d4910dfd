import { type AuditEntry, entryColumns } from "@leasehold/db/audit/audit-entry";
import type { AuditPlane } from "@leasehold/db/audit/chain";
import { sealAudit } from "@leasehold/db/audit/seal-audit";
import { withConnection } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import type pg from "pg";
import type { TestDatabases } from "./databases.ts";

const tables: Record<AuditPlane, string> = { control: "control.audit", application: "app.audit" };

/** Adds one row as the owner, whom every policy lets in, and answers with its id. */
export async function addAuditRow(
  client: Pick<pg.Client, "query">,
  plane: AuditPlane,
  tenantId: string,
  details: object = {},
): Promise<string> {
  const auditId = newId("audit");
  await client.query(
    `insert into ${tables[plane]} (tenant_id, audit_id, actor, action, target, request_id, operation_id, details) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tenantId, auditId, "user:usr_x", "member.removed", "usr_ü", newId("request"), null, JSON.stringify(details)],
  );
  return auditId;
}

/** Rows of one tenant's chain as they would be exported, in its order. */
export function readEntries(databases: TestDatabases, plane: AuditPlane, tenantId: string): Promise<AuditEntry[]> {
  return databases.query<AuditEntry>(
    plane,
    `select ${entryColumns(plane)} from ${tables[plane]} a where a.tenant_id = $1 order by a.seq nulls last, a.audit_id`,
    [tenantId],
  );
}

/** Seals until a pass finds nothing. */
export async function sealAll(pool: pg.Pool, plane: AuditPlane): Promise<number> {
  let rows = 0;
  for (;;) {
    const pass = await sealAudit(pool, plane);
    if (pass.failed.length > 0) throw pass.failed[0]?.error;
    rows += pass.rows;
    if (pass.rows === 0) return rows;
  }
}

export function asOwner<T>(databases: TestDatabases, plane: AuditPlane, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withConnection(databases.urlOf(plane, "leasehold_owner"), work);
}
