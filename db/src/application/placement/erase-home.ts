import { sql } from "drizzle-orm";
import type pg from "pg";
import { tenantTables } from "../tenant-tables.ts";
import { withAdministration } from "../with-administration.ts";

/** Removes a tenant's rows and its home from an application database. Its audit rows stay. Waits for its running transactions. */
export async function eraseHome(pool: pg.Pool, tenantId: string): Promise<void> {
  const tables = Object.entries(tenantTables).filter(([, erasure]) => erasure === "with-home");
  await withAdministration(pool, tenantId, async (tx) => {
    for (const [table] of tables) await tx.execute(sql`delete from ${sql.raw(table)} where tenant_id = ${tenantId}`);
  });
}
