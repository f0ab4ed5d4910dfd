import { sql } from "drizzle-orm";
import type pg from "pg";
import { withAdministration } from "../with-administration.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { encryptedColumns } from "./encrypted-columns.ts";

export interface KeyInventory {
  /** Values below the version, and such as name none at all. */
  cells: number;
  /** Stored bodies and uploads under way. */
  bodies: number;
}

/**
 * Counts what is under older versions of the data key, by the versions in the values themselves: an inventory that takes
 * nobody's word for it.
 * @param except versions that are gone: what is under one of them counts no more
 */
export function countUnderOldKeys(
  pool: pg.Pool,
  tenantId: string,
  belowVersion: number,
  except: readonly number[] = [],
): Promise<KeyInventory> {
  return withAdministration(pool, tenantId, (tx) => countWithin(tx, tenantId, belowVersion, except));
}

/** Refuses from now on whatever arrives under an older version. Waits until the tenant's open transactions have ended. */
export async function refuseOldKeys(pool: pg.Pool, tenantId: string, leastVersion: number): Promise<void> {
  await withAdministration(pool, tenantId, (tx) =>
    tx.execute(sql`
      update app.tenant_home set least_key_version = ${leastVersion} where tenant_id = ${tenantId} and least_key_version < ${leastVersion}`),
  );
}

async function countWithin(tx: TenantTransaction, tenantId: string, belowVersion: number, gone: readonly number[]): Promise<KeyInventory> {
  const goneVersions = sql`${sql.param([...gone])}::integer[]`;
  const counts = encryptedColumns.map(
    ({ table, column, except = "false" }) => sql`
      (select count(*) from ${sql.raw(`app.${table}`)} where tenant_id = ${tenantId} and ${sql.raw(column)} is not null
        and coalesce(app.key_version_of(${sql.raw(column)}), 0) < ${belowVersion}
        and coalesce(app.key_version_of(${sql.raw(column)}), 0) <> all (${goneVersions}) and not (${sql.raw(except)}))`,
  );
  const { rows } = await tx.execute<{ cells: string; bodies: string }>(sql`
    select ${sql.join(counts, sql` + `)} as cells,
      (select count(*) from app.documents where tenant_id = ${tenantId} and key_version < ${belowVersion}
        and key_version <> all (${goneVersions}) and state <> 'DELETING') as bodies`);
  return { cells: Number(rows[0]?.cells ?? 0), bodies: Number(rows[0]?.bodies ?? 0) };
}
