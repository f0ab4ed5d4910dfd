import { onboardingSteps } from "@leasehold/domain/onboarding/steps";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseSample, readCommit } from "./choose-sample.ts";
import { createFaultWorld, type FaultWorld } from "./fault-world.ts";
import { runCases } from "./run-cases.ts";
import { listStepCases } from "./step-cases.ts";
import { faultKinds, stepFaults, undoFaults } from "./step-faults.ts";
import { listWorkerDeaths } from "./worker-deaths.ts";

const commit = readCommit();
const cases = listStepCases();
/** A hang costs the time-out of its attempt: CI takes few, `pnpm prove` takes all. */
const slow = cases.filter(({ id }) => id.includes("· hang ·") || id.includes("AssumeRole refused"));
const sample = [
  ...chooseSample(
    cases.filter((each) => !slow.includes(each)),
    12,
    commit,
  ),
  ...chooseSample(slow, 1, commit),
];

describe("the table of faults", () => {
  test("has rows of every kind for every step, and for every undo", () => {
    const steps = onboardingSteps.map(({ step }) => step);
    expect(Object.keys(stepFaults).toSorted()).toEqual(steps.toSorted());
    for (const step of steps) {
      expect(Object.keys(stepFaults[step]).toSorted()).toEqual([...faultKinds].toSorted());
      for (const kind of faultKinds) expect(stepFaults[step][kind].length, `${step} ${kind}`).toBeGreaterThan(0);
      for (const row of stepFaults[step].permanent) expect(row.parks, `${step} ${row.name}`).toBeDefined();
    }
    expect(Object.keys(undoFaults).toSorted()).toEqual(steps.filter((step) => step !== "activate").toSorted());
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });

  test("comes round: every case is in the sample of some commit", () => {
    const seen = new Set(Array.from({ length: 400 }, (_, index) => chooseSample(cases, 20, `commit ${index}`)).flat());
    expect(seen.size).toBe(cases.length);
  });
});

describe("an onboarding", () => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await createFaultWorld();
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  test(`ends ACTIVE and whole, gone, or parked: ${sample.length} of ${cases.length} faults`, { timeout: 120_000 }, async () => {
    await using _worker = await world.startWorker({ LOG_LEVEL: "fatal" });
    const results = await runCases(world, sample, { atOnce: 6 });
    expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(results).toHaveLength(sample.length);
  });

  for (const { id, run } of chooseSample(listWorkerDeaths(), 2, commit)) {
    test(`outlives its worker: ${id}`, { timeout: 90_000 }, async () => {
      expect(await run(world)).toMatch(/ACTIVE and whole|gone without residue/);
    });
  }
});
