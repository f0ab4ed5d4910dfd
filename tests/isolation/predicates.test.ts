import { withConnection } from "@leasehold/db/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseShare } from "../chaos/choose-sample.ts";
import { checkRow } from "../support/matrix/check-row.ts";
import { createMatrixWorld, type MatrixWorld } from "../support/matrix/matrix-world.ts";
import { listProcedures, listRoutes } from "../support/matrix/procedures.ts";
import { rowOf } from "../support/matrix/rows.ts";

// Row-level security is switched off here: what every statement says itself about its tenant has to keep tenants apart alone.
let world: MatrixWorld;
beforeAll(async () => {
  world = await createMatrixWorld();
  for (const plane of ["control", "application", "keyring"] as const)
    await withConnection(world.application.world.ownerUrl(plane), (owner) => owner.query(switchOff));
});
afterAll(() => world[Symbol.asyncDispose]());

const switchOff = `do $$ declare target text; begin
  for target in select c.oid::regclass from pg_class c where c.relrowsecurity loop
    execute format('alter table %s disable row level security', target);
  end loop; end $$`;

/** Asks what row-level security alone shows, and fails rightly when that is everything. */
const asksForPolicies = new Set(["verification.run"]);
const procedures = listProcedures().filter(({ app, name }) => app !== "console" && !asksForPolicies.has(name));

describe.each(["portal", "application"])("%s", (app) => {
  test.each(chooseShare(procedures.filter((each) => each.app === app && rowOf(each) !== undefined)))(
    "$name keeps to its tenant by its predicates",
    async (procedure) => {
      const row = rowOf(procedure);
      expect(row && (await checkRow(world, procedure, row))).toEqual([]);
    },
  );
});

test("routes beside the application plane's procedures keep to their tenant by their predicates", async () => {
  const routes = (await listRoutes(world.application.kit)).filter(({ app, name }) => app === "application" && !name.includes(" /v1/"));
  for (const route of routes) {
    const row = rowOf(route);
    expect(row && (await checkRow(world, route, row)), route.name).toEqual(row && []);
  }
});
