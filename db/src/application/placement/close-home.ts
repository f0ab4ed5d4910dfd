import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery } from "../with-administration.ts";

/**
 * From the end of this on nothing is written for the tenant any more; what was being written has ended. Waits for running
 * transactions. Changes a home that is open or suspended, and no other.
 */
export async function freezeHome(pool: pg.Pool, tenantId: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_home set mode = 'closing' where tenant_id = ${tenantId} and mode in ('rw', 'suspended', 'shut')`),
  );
}

/** The home is open again, unless it was never frozen for a closing. */
export async function reopenHome(pool: pg.Pool, tenantId: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_home set mode = 'rw' where tenant_id = ${tenantId} and mode = 'closing'`),
  );
}

/** Nobody enters any more, not even to read. */
export async function closeHome(pool: pg.Pool, tenantId: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_home set mode = 'closed' where tenant_id = ${tenantId} and mode <> 'closed'`),
  );
}
