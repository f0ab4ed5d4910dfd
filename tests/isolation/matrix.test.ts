import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRow } from "../support/matrix/check-row.ts";
import { createMatrixWorld, type MatrixWorld } from "../support/matrix/matrix-world.ts";
import { listProcedures, listRestProcedures, listRoutes } from "../support/matrix/procedures.ts";
import { needsNoRow, rowOf, rowsWithoutProcedure } from "../support/matrix/rows.ts";

// Every procedure of every app, as the routers name them, by every kind of caller, with ids swapped and guessed.
const procedures = listProcedures();

let world: MatrixWorld;
beforeAll(async () => {
  world = await createMatrixWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("every procedure and route has a row, and every row a procedure or route", async () => {
  const all = [...procedures, ...(await listRoutes(world.application.kit))];
  const without = all
    .filter((each) => !needsNoRow(each) && rowOf(each) === undefined)
    .map(({ app, name, kind }) => `${app} ${kind} ${name}`);
  expect(without, "Write a row in tests/support/matrix/: who may call it, which ids it takes, what it changes.").toEqual([]);
  expect(rowsWithoutProcedure(all)).toEqual([]);
});

describe.each(["portal", "console", "application"])("%s", (app) => {
  test.each(procedures.filter((each) => each.app === app && rowOf(each) !== undefined))("$name keeps to its tenant", async (procedure) => {
    const row = rowOf(procedure);
    expect(row && (await checkRow(world, procedure, row))).toEqual([]);
  });
});

test.each(listRestProcedures())("$rest.method /v1$rest.path keeps to its tenant", async (procedure) => {
  const row = rowOf(procedure);
  expect(row && (await checkRow(world, procedure, row))).toEqual([]);
});

test("routes beside the procedures keep to their tenant", async () => {
  for (const route of await listRoutes(world.application.kit)) {
    const row = rowOf(route);
    expect(row && (await checkRow(world, route, row)), route.name).toEqual(row && []);
  }
});
