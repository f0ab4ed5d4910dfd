import { sql } from "drizzle-orm";
import type pg from "pg";
import { administrationQuery } from "../with-administration.ts";

/** Gives a tenant its home row here, open for reading and writing; the same again changes nothing. */
export async function openHome(pool: pg.Pool, tenantId: string, epoch: number): Promise<void> {
  await administrationQuery(pool, tenantId, (tx) =>
    tx.execute(sql`insert into app.tenant_home (tenant_id, epoch) values (${tenantId}, ${epoch}) on conflict do nothing`),
  );
}
