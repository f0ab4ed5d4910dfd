import { tenantTables } from "@leasehold/db/application/tenant-tables";
import { withConnection } from "@leasehold/db/client";
import { controlStores } from "@leasehold/db/control/offboarding/control-stores";
import { ownerRole, type Plane, planes } from "@leasehold/db/roles";
import { offboardingStores } from "@leasehold/domain/offboarding/stores";
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

const schemas: Record<Plane, string> = { control: "control", application: "app", keyring: "keyring" };

/** Tables that hold rows of tenants under their id, by their names. */
async function tenantTablesOf(plane: Plane): Promise<string[]> {
  const { rows } = await withConnection(databases.urlOf(plane, ownerRole), (owner) =>
    owner.query<{ name: string }>(
      `select '${schemas[plane]}.' || c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = '${schemas[plane]}'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    ),
  );
  return rows.map(({ name }) => name);
}

test("every table with a tenant's rows is in the list that erasing goes through", async () => {
  expect(Object.keys(tenantTables).sort()).toEqual(await tenantTablesOf("application"));
});

test.each(planes)("every table of the %s database that names a tenant is in the registry of stores", async (plane) => {
  const registered = new Set<string>(offboardingStores.map(({ store }) => store));
  expect((await tenantTablesOf(plane)).filter((table) => !registered.has(table))).toEqual([]);
});

test("every table of the registry is there, and has what counts and empties it", async () => {
  const tables = [...(await Promise.all(planes.map(tenantTablesOf))).flat(), "control.usage_totals"];
  const named = offboardingStores.map(({ store }) => store).filter((store) => store.includes("."));
  expect(named.filter((store) => !tables.includes(store))).toEqual([]);
  expect(Object.keys(controlStores).sort()).toEqual(named.filter((store) => store.startsWith("control.")).sort());
});
