import { sql } from "drizzle-orm";
import type pg from "pg";
import { withAdministration } from "../with-administration.ts";

/** Removes a tenant's rows and its home from an application database. Its audit rows stay. Waits for its running transactions. */
export async function eraseHome(pool: pg.Pool, tenantId: string): Promise<void> {
  await withAdministration(pool, tenantId, async (tx) => {
    // The home goes first: it takes the fence, so nothing is written behind this.
    await tx.execute(sql`delete from app.tenant_home where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from app.api_keys where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from app.idempotency_keys where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from app.document_grams where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from app.documents where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from app.folders where tenant_id = ${tenantId}`);
  });
}
