import { sql } from "drizzle-orm";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { controlQuery } from "../with-control.ts";

/**
 * Deletes at most `limit` notes of what operators read in the platform's list, the oldest first, that are older than `days`; none that is
 * younger than 30 days, which the database sees to. What was read of a tenant is in the tenant's own log and not touched.
 * @returns how many
 */
export async function deletePayloadReads(pool: pg.Pool, { days, limit }: { days: number; limit: number }): Promise<number> {
  const { rowCount } = await crossTenants("payload-reads", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute(sql`
        delete from control.payload_reads where read_id in (
          select read_id from control.payload_reads where read_at < now() - make_interval(days => ${days}) order by read_at limit ${limit})`),
    ),
  );
  return rowCount ?? 0;
}
