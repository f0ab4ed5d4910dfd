import { createPool, withDatabase } from "@leasehold/db/client";
import type { Placement } from "@leasehold/domain/placement";
import type pg from "pg";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";

/** Looks, as the role auditor, into the application database where a tenant is or was at home; `otherwise` when it is gone. */
export async function withAuditedDatabase<T>(
  { auditor }: Pick<ShreddingDependencies, "auditor">,
  { database }: Placement,
  look: (pool: pg.Pool) => Promise<T>,
  otherwise: T,
): Promise<T> {
  if (database === "pool") return look(auditor.application);
  if (!(await isThere(auditor.application, database.name))) return otherwise;
  const pool = createPool(withDatabase(auditor.applicationDatabaseUrl, database.name), {
    max: 1,
    applicationName: "leasehold-auditor",
    background: true,
  });
  try {
    return await look(pool);
  } finally {
    await pool.end();
  }
}

/** Whether a database is on the server. */
export async function isThere(pool: pg.Pool, database: string): Promise<boolean> {
  const { rowCount } = await pool.query("select from pg_database where datname = $1", [database]);
  return rowCount === 1;
}
