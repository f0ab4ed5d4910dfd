import { sql } from "drizzle-orm";
import type pg from "pg";
import { keyringQuery } from "../with-keyring.ts";

/** Why a tenant has no data key of a version. */
export interface MissingKey {
  /** When it was given up; null where it is not known. */
  lostAt: Date | null;
}

/**
 * Of a version of the data key that is not there: whether it is gone. One that was given up is, and one below the newest, for versions
 * count up and only older ones are destroyed. Undefined for one that nobody knows of.
 */
export async function findLoss(pool: pg.Pool, tenantId: string, version: number): Promise<MissingKey | undefined> {
  const { rows } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute<{ lost_at: Date | string | null; newest: number }>(sql`
      select (select max(lost_at) from keyring.lost_keys where tenant_id = ${tenantId} and purpose = 'data' and version = ${version}) as lost_at,
        (select coalesce(max(version), 0)::integer from keyring.data_keys where tenant_id = ${tenantId} and purpose = 'data') as newest`),
  );
  const { lost_at: lostAt = null, newest = 0 } = rows[0] ?? {};
  if (lostAt === null && (version < 1 || version >= newest)) return undefined;
  return { lostAt: lostAt === null ? null : new Date(lostAt) };
}
