import { sql } from "drizzle-orm";
import type pg from "pg";
import { keyringQuery } from "../with-keyring.ts";

/** Destroys a tenant's data keys below a version: what is still under one is not read again. The index key stays. @returns how many */
export async function retireDataKeys(pool: pg.Pool, tenantId: string, belowVersion: number): Promise<number> {
  const { rowCount } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute(sql`delete from keyring.data_keys where tenant_id = ${tenantId} and purpose = 'data' and version < ${belowVersion}`),
  );
  return rowCount ?? 0;
}
