import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseSample, readCommit, takesPart } from "../chaos/choose-sample.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { codeMutations, findMutationSite } from "../support/mutations/code-mutations.ts";
import { isNoticed } from "../support/mutations/run-code-mutations.ts";
import { runDatabaseMutations } from "../support/mutations/run-database-mutations.ts";
import { splitCondition } from "../support/mutations/split-condition.ts";
import { listPredicateMutations, staleExemptions } from "../support/mutations/tenant-predicates.ts";
import { sharedStack } from "../support/servers.ts";

// `pnpm prove isolation` runs all of them; here a sample that goes with the commit.
let databases: TestDatabases;
beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases[Symbol.asyncDispose]());

test("what is taken away from a database is noticed: a sample", { timeout: 180_000 }, async () => {
  const results = await runDatabaseMutations(databases, (all) => [
    ...chooseSample(
      all.filter(({ kind }) => kind !== "right"),
      10,
      readCommit(),
    ),
    ...chooseSample(
      all.filter(({ kind }) => kind === "right"),
      10,
      readCommit(),
    ),
  ]);
  expect(results.length).toBeGreaterThan(10);
  expect(results.filter(({ killer }) => killer === undefined).map(({ id }) => id)).toEqual([]);
});

describe("mutations of the code", () => {
  test.each(codeMutations)("$id has its place", (mutation) => {
    expect(findMutationSite(mutation)).toBe(1);
  });

  const predicates = listPredicateMutations();
  test("are found for the tenant of every statement that names one, but those that are exempt", () => {
    expect(predicates.length).toBeGreaterThan(40);
    expect(predicates.filter((mutation) => findMutationSite(mutation) !== 1)).toEqual([]);
    expect(staleExemptions()).toEqual([]);
  });

  // One with each commit, of those whose tests are short: `pnpm prove isolation` takes them all.
  const short = [...codeMutations, ...predicates].filter(({ tests }) => /^(isolation\/statements|unit\/|domain\/)/.test(tests.file));
  const sample = takesPart() ? [] : chooseSample(short, 1, readCommit());
  test.each(sample)("$id is noticed", { timeout: 300_000 }, async (mutation) => {
    expect(await isNoticed(mutation, sharedStack()?.dataDir ?? "")).toBe(true);
  });
});

test.each([
  ["(a = 1)", undefined, ["a = 1"]],
  ["((a = 1) AND (b = 2) AND (c IS NULL))", "AND", ["(a = 1)", "(b = 2)", "(c IS NULL)"]],
  ["((a = 'x AND (y') OR (b AND c))", "OR", ["(a = 'x AND (y')", "(b AND c)"]],
])("a condition is split where it is joined: %s", (expression, operator, parts) => {
  expect(splitCondition(expression)).toEqual({ operator, parts });
});
