import { sql } from "drizzle-orm";
import { type AuditEntry, entryColumns } from "../../audit/audit-entry.ts";
import type { TenantTransaction } from "../with-tenant.ts";

/** A piece of one tenant's chain in the application plane, in its order, with its encrypted details; what waits for its seal is left out. */
export async function readChain(
  tx: TenantTransaction,
  tenantId: string,
  after: number,
  limit: number,
): Promise<{ entry: AuditEntry; sealedDetails: Buffer | null }[]> {
  const { rows } = await tx.execute<Record<string, unknown>>(sql`
    SELECT ${sql.raw(entryColumns("application"))}, a.sealed_details AS "cipher" FROM app.audit a
    WHERE a.tenant_id = ${tenantId} AND a.seq > ${after} ORDER BY a.seq LIMIT ${limit}`);
  return rows.map(({ cipher, ...entry }) => ({ entry: entry as unknown as AuditEntry, sealedDetails: cipher as Buffer | null }));
}
