import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseShare } from "../chaos/choose-sample.ts";
import { checkRow } from "../support/matrix/check-row.ts";
import { createMatrixWorld, type MatrixWorld } from "../support/matrix/matrix-world.ts";
import { listProcedures, listRestProcedures, listRoutes, type Procedure } from "../support/matrix/procedures.ts";
import { needsNoRow, rowOf, rowsWithoutProcedure } from "../support/matrix/rows.ts";
import { membersToSwap, missingSwaps, reasonsWithoutMember } from "../support/matrix/swaps.ts";

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

test("members of an input that name something are known, and every reason to try no other tenant's there is about one", () => {
  const members = procedures.flatMap((each) => membersToSwap(each).map((member) => `${each.app} ${each.name} ${member}`));
  expect(members).toEqual(expect.arrayContaining(["portal offboarding.events operationId", "application documents.createFolder parentId"]));
  expect(members.length).toBeGreaterThan(80);
  expect(reasonsWithoutMember()).toEqual([]);
});

test("a row without another tenant's id, or with one that names nothing, is told so", async () => {
  const procedure = procedures.find(({ app, name }) => app === "portal" && name === "documents.list");
  const row = procedure && rowOf(procedure);
  if (row === undefined) throw new Error("documents.list has a row");
  const cases = await row.cases(world);
  expect(await missingSwaps(world, procedure as Procedure, cases)).toEqual([]);
  const without = cases.map(({ twin: _, ...each }) => each);
  const told = [expect.stringContaining("folderId"), expect.stringContaining("slug")];
  expect(await missingSwaps(world, procedure as Procedure, without)).toEqual(told);
  const guessed = cases.map((each) => ({ ...each, input: { ...(each.input as object), folderId: newId("folder") } }));
  expect(await missingSwaps(world, procedure as Procedure, guessed)).toEqual(told);
});

describe.each(["portal", "console", "application"])("%s", (app) => {
  test.each(chooseShare(procedures.filter((each) => each.app === app && rowOf(each) !== undefined)))(
    "$name keeps to its tenant",
    async (procedure) => {
      const row = rowOf(procedure);
      expect(row && (await checkRow(world, procedure, row))).toEqual([]);
    },
  );
});

test.each(chooseShare(listRestProcedures()))("$rest.method /v1$rest.path keeps to its tenant", async (procedure) => {
  const row = rowOf(procedure);
  expect(row && (await checkRow(world, procedure, row))).toEqual([]);
});

test("routes beside the procedures keep to their tenant", async () => {
  for (const route of await listRoutes(world.application.kit)) {
    const row = rowOf(route);
    expect(row && (await checkRow(world, route, row)), route.name).toEqual(row && []);
  }
});
