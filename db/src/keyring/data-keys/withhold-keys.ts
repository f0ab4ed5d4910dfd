import { sql } from "drizzle-orm";
import type pg from "pg";
import { keyringQuery } from "../with-keyring.ts";

/** Keeps the application plane from a tenant's wrapped keys, or gives them back. They stay as they are. @returns how many there are */
export async function withholdKeys(pool: pg.Pool, tenantId: string, withheld: boolean): Promise<number> {
  const { rowCount } = await keyringQuery(pool, tenantId, (tx) =>
    tx.execute(sql`
      update keyring.data_keys set withheld_at = ${withheld ? sql`coalesce(withheld_at, clock_timestamp())` : sql`null`}
      where tenant_id = ${tenantId}`),
  );
  return rowCount ?? 0;
}
