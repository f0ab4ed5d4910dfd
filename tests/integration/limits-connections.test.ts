import { openHome } from "@leasehold/db/application/placement/open-home";
import { createPool } from "@leasehold/db/client";
import { createTenantData } from "@leasehold/tenancy/data/tenant-data";
import { createPlacementDirectory } from "@leasehold/tenancy/placement/find-placement";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { createLimitedTenant } from "../support/limits/limited-tenant.ts";

let databases: TestDatabases;
let worker: Pool;
beforeAll(async () => {
  databases = await createTestDatabases();
  worker = createPool(databases.urlOf("application", "worker"), { max: 2 });
});
afterAll(async () => {
  await worker.end();
  await databases[Symbol.asyncDispose]();
});

async function createTenant() {
  const tenant = await createLimitedTenant(worker, {});
  await openHome(worker, tenant.tenantId, 1);
  return tenant;
}

test("one tenant's flood of slow queries leaves connections to its neighbours", async () => {
  const url = databases.urlOf("application", "app_tenant");
  const pool = createPool(url, { max: 6 });
  const data = createTenantData({ url, pool, placements: createPlacementDirectory(pool), applicationName: "test-turns" });
  const [flooder, ...neighbours] = await Promise.all([createTenant(), createTenant(), createTenant()]);
  if (flooder === undefined) throw new Error("no tenant");
  let ended = 0;
  let busiest = 0;
  const flood = Array.from({ length: 30 }, () =>
    data
      .query(flooder, "read", (tx) => tx.execute(sql`select pg_sleep(0.3)`))
      .then(() => {
        ended += 1;
      }),
  );
  for (const neighbour of [...neighbours, ...neighbours]) {
    const seen = await data.query(neighbour, "read", (tx) =>
      tx.execute<{ busy: number }>(sql`
        select count(*)::int as busy from pg_stat_activity where application_name = 'leasehold' and state = 'active'
          and datname = current_database() and query like '%pg_sleep(0.3)%' and pid <> pg_backend_pid()`),
    );
    busiest = Math.max(busiest, seen.rows[0]?.busy ?? 0);
  }
  expect(ended).toBeLessThan(24);
  expect(busiest).toBeGreaterThan(0);
  expect(busiest).toBeLessThanOrEqual(3);
  await Promise.all(flood);
  expect(pool.totalCount).toBeLessThanOrEqual(4);
  await data.close();
});
