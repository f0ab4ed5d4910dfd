import { tenantTables } from "@leasehold/db/application/tenant-tables";
import { withConnection } from "@leasehold/db/client";
import { ownerRole, planes } from "@leasehold/db/roles";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectCatalogue } from "../support/catalogue/inspect-catalogue.ts";
import { catalogueQueries } from "../support/catalogue/queries.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases[Symbol.asyncDispose]());

test.each(planes)("the %s database keeps every rule of the catalogue", async (plane) => {
  const found = await inspectCatalogue(databases.urlOf(plane, ownerRole), plane);
  expect(found).toEqual(Object.fromEntries(Object.keys(catalogueQueries).map((rule) => [rule, []])));
});

test("every table with a tenant's rows is in the list that erasing goes through", async () => {
  const tables = await withConnection(databases.urlOf("application", ownerRole), (owner) =>
    owner.query<{ name: string }>(
      `select 'app.' || c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    ),
  );
  expect(Object.keys(tenantTables).sort()).toEqual(tables.rows.map(({ name }) => name));
});
