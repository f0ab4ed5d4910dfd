import { createPool, withDatabase } from "@leasehold/db/client";
import type { Placement } from "@leasehold/domain/placement";
import type pg from "pg";

/** The application database where a tenant is at home: the pool's, or its own over connections that end with `work`. */
export async function withTenantDatabase<T>(
  { application, applicationDatabaseUrl }: { application: pg.Pool; applicationDatabaseUrl: string },
  { database }: Placement,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  if (database === "pool") return work(application);
  const pool = createPool(withDatabase(applicationDatabaseUrl, database.name), {
    max: 1,
    applicationName: "leasehold-worker",
    background: true,
  });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
