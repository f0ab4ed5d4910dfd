import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery } from "../with-administration.ts";

/** How many API keys of a tenant are live: neither revoked nor expired. For the worker. */
export async function countLiveKeys(pool: pg.Pool, tenantId: string): Promise<number> {
  const { rows } = await administrationQuery(pool, tenantId, (tx) =>
    tx.execute<{ live: number }>(sql`
      select count(*)::integer as live from app.api_keys
      where tenant_id = ${tenantId} and revoked_at is null and expires_at > now()`),
  );
  return rows[0]?.live ?? 0;
}
