import { afterAll, beforeAll, expect, test } from "vitest";
import { readCommit, seedOf } from "../chaos/choose-sample.ts";
import { checkProperties } from "../support/fuzz/check-properties.ts";
import { createMatrixWorld, type MatrixWorld } from "../support/matrix/matrix-world.ts";

let world: MatrixWorld;
beforeAll(async () => {
  world = await createMatrixWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** Few, for a run's minute, and others with each commit; `pnpm prove fuzz` asks for many. */
const numRuns = 8;

test("every procedure of every app answers anything that is sent to it: without a fault, a hang, or a word of another tenant", async () => {
  expect(await checkProperties(world, { numRuns, seed: seedOf(readCommit()) })).toEqual([]);
}, 400_000);
