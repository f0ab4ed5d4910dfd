import { sql } from "drizzle-orm";
import type { TenantTransaction } from "../with-tenant.ts";

/**
 * Whose documents this transaction sees when it names no tenant: what row-level security alone lets through. Looks at a
 * hundred tenants' rows at most.
 */
export async function listVisibleOwners(tx: TenantTransaction): Promise<string[]> {
  const { rows } = await tx.execute<{ tenant_id: string }>(sql`SELECT DISTINCT d.tenant_id FROM app.documents d LIMIT 100`);
  return rows.map((row) => row.tenant_id);
}

/** Whether the row of another tenant answers when it is asked for by both of its ids. */
export async function seesDocument(tx: TenantTransaction, ownerId: string, documentId: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT 1 FROM app.documents d WHERE d.tenant_id = ${ownerId} AND d.document_id = ${documentId} FOR UPDATE`,
  );
  return rows.length > 0;
}
