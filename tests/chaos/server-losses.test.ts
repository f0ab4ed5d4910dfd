import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseSample, readCommit } from "./choose-sample.ts";
import { createFaultWorld, type FaultWorld } from "./fault-world.ts";
import { listServerLosses } from "./server-losses.ts";

describe("onboardings under way", () => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await createFaultWorld({ ownServers: true, durable: true });
    await world.startWorker({ LOG_LEVEL: "fatal" });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  for (const { id, run } of chooseSample(listServerLosses(), 1, readCommit())) {
    test(`all end ACTIVE and whole: ${id}`, { timeout: 120_000 }, async () => {
      expect(await run(world)).toContain("all ACTIVE and whole");
    });
  }
});
