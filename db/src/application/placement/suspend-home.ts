import type { SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery } from "../with-administration.ts";

const modes: Record<SuspensionAccess, string> = { "read-only": "suspended", closed: "shut" };

/**
 * From the end of this on nothing is written for the tenant any more, and where nothing is left of its access nothing is read. Waits
 * for running transactions. Changes a home that is open, closing or suspended, and no other.
 */
export async function suspendHome(pool: pg.Pool, tenantId: string, access: SuspensionAccess): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_home set mode = ${modes[access]}
      where tenant_id = ${tenantId} and mode in ('rw', 'closing', 'suspended', 'shut') and mode <> ${modes[access]}`),
  );
}

/** The home is open again, unless it was not suspended. */
export async function resumeHome(pool: pg.Pool, tenantId: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_home set mode = 'rw' where tenant_id = ${tenantId} and mode in ('suspended', 'shut')`),
  );
}

/** The application plane refuses the tenant, but for what is left of its access. One that is neither active nor suspended stays as it is. */
export async function publishSuspension(pool: pg.Pool, tenantId: string, access: SuspensionAccess): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_placement set state = 'SUSPENDED', suspended_access = ${access}, updated_at = now()
      where tenant_id = ${tenantId} and state in ('ACTIVE', 'SUSPENDED')`),
  );
}

/** The application plane lets a suspended tenant in again. */
export async function publishResumption(pool: pg.Pool, tenantId: string): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`update app.tenant_placement set state = 'ACTIVE', suspended_access = null, updated_at = now()
      where tenant_id = ${tenantId} and state = 'SUSPENDED'`),
  );
}
