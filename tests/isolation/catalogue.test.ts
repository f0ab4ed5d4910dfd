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
