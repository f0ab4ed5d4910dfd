import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseSample, readCommit } from "./choose-sample.ts";
import { dieTogether } from "./die-suspending.ts";
import { createFaultWorld, type FaultWorld } from "./fault-world.ts";
import { listSuspensionDeaths } from "./suspension-deaths.ts";

let world: FaultWorld;
beforeAll(async () => {
  world = await createFaultWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

// `pnpm prove suspension` runs all of them; here a sample by the commit, ended by one signal.
const all = listSuspensionDeaths(["business"]);
const sample = chooseSample(all, 6, readCommit());

test(`a suspension outlives its worker, and is never half: ${sample.length} of ${all.length} deaths`, { timeout: 120_000 }, async () => {
  const results = await dieTogether(world, sample);
  expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(results).toHaveLength(sample.length);
});
