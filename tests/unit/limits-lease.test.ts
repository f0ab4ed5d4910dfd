import { setImmediate as soon } from "node:timers/promises";
import { LeasedBucket } from "@leasehold/tenancy/limits/leased-bucket";
import { RequestRefused } from "@leasehold/tenancy/limits/request-refused";
import { estimateTokens, leaseMs, observeUse, reserveLimit, secondsUntil, sizeReserve } from "@leasehold/tenancy/limits/slice";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createModelBucket } from "../support/limits/model-bucket.ts";

const rates = fc.record({ requestsPerSecond: fc.integer({ min: 1, max: 200 }), burst: fc.integer({ min: 1, max: 400 }) });

describe("the arithmetic of slices", () => {
  test("a reserve is at least one and never above a twentieth of the burst, however fast requests come", () => {
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 1e6, noNaN: true }), (limits, perSecond) => {
        const reserve = sizeReserve(limits, perSecond);
        expect(reserve).toBeGreaterThanOrEqual(1);
        expect(reserve).toBeLessThanOrEqual(Math.max(1, limits.burst / 20));
        expect(sizeReserve(limits, perSecond * 2)).toBeGreaterThanOrEqual(reserve);
      }),
    );
  });

  test("recent use settles at the speed of asking and is forgotten in a pause", () => {
    let use = { perSecond: 0, atMs: 0 };
    for (let at = 0; at < 10_000; at += 20) use = observeUse(use, 1, at);
    expect(use.perSecond).toBeGreaterThan(45);
    expect(use.perSecond).toBeLessThan(55);
    expect(observeUse(use, 0, 20_000).perSecond).toBeLessThan(0.01);
  });

  test("a wait of as many seconds as it says is enough, and an estimate stays within the burst", () => {
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 400, noNaN: true }), fc.integer({ min: 1, max: 50 }), (limits, tokens, wanted) => {
        const seconds = secondsUntil(wanted, tokens, limits);
        const later = estimateTokens(tokens, { ...limits, burst: 1e9 }, seconds * 1000);
        expect(later).toBeGreaterThanOrEqual(Math.min(wanted, tokens + wanted) - 1e-6);
        expect(estimateTokens(tokens, limits, 1e9)).toBe(limits.burst);
      }),
    );
  });
});

/** Processes on one bucket, with a clock that the test turns. */
function createProcesses(count: number, limits: { requestsPerSecond: number; burst: number; requestsPerDay?: number }) {
  let nowMs = 0;
  let away = false;
  let trips = 0;
  const bucket = createModelBucket(limits);
  const trade = async (request: { wanted: number; givenBack: number }) => {
    trips += 1;
    if (away) throw new Error("away");
    return bucket.take(nowMs, request);
  };
  const processes = Array.from({ length: count }, () => new LeasedBucket({ policy: "burst", rates: limits, trade, clock: () => nowMs }));
  const tryTake = async (index: number, requests = 1) => {
    try {
      await processes[index % count]?.take(requests);
      return true;
    } catch (error) {
      return error;
    }
  };
  return {
    bucket,
    processes,
    tryTake,
    /** Trips take no time of this clock: whatever was begun has ended before it goes on. */
    turn: async (ms: number) => {
      await soon();
      nowMs += ms;
      return nowMs;
    },
    setAway: (to: boolean) => {
      away = to;
    },
    trips: () => trips,
  };
}

const step = fc.record({
  process: fc.nat(5),
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 15_000 })),
  requests: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) }),
  repeat: fc.integer({ min: 1, max: 30 }),
});

describe("a bucket that several processes lease from", () => {
  // Refused once, kept, and given back late: it was let through beside a whole burst.
  const keptAndGivenBack = [
    { process: 1, afterMs: 0, requests: 4, repeat: 2 },
    { process: 0, afterMs: 5_899, requests: 1, repeat: 1 },
    { process: 0, afterMs: 2_101, requests: 1, repeat: 6 },
    { process: 1, afterMs: 0, requests: 1, repeat: 2 },
    { process: 0, afterMs: 0, requests: 1, repeat: 1 },
  ];

  test("lets through at most burst, refill and the leases, in every span of time", async () => {
    await fc.assert(
      fc.asyncProperty(
        rates,
        fc.integer({ min: 1, max: 6 }),
        fc.array(step, { minLength: 1, maxLength: 40 }),
        async (limits, count, steps) => {
          const world = createProcesses(count, limits);
          const admitted: { atMs: number; requests: number }[] = [];
          let nowMs = 0;
          for (const { process, afterMs, requests, repeat } of steps) {
            nowMs = await world.turn(afterMs);
            for (let time = 0; time < repeat; time++)
              if ((await world.tryTake(process, Math.min(requests, limits.burst))) === true)
                admitted.push({ atMs: nowMs, requests: Math.min(requests, limits.burst) });
          }
          const leases = count * reserveLimit(limits);
          for (const [first, from] of admitted.entries()) {
            let sum = 0;
            for (const { atMs, requests } of admitted.slice(first)) {
              sum += requests;
              const most = limits.burst + (limits.requestsPerSecond * (atMs - from.atMs)) / 1000 + leases;
              expect(sum).toBeLessThanOrEqual(most + 1e-6);
            }
          }
        },
      ),
      { numRuns: 200, examples: [[{ requestsPerSecond: 1, burst: 6 }, 2, keptAndGivenBack]] },
    );
  });

  test("holds no more unused requests than the limit says, and all of them come back", async () => {
    await fc.assert(
      fc.asyncProperty(rates, fc.array(step, { minLength: 1, maxLength: 20 }), async (limits, steps) => {
        const world = createProcesses(3, limits);
        for (const { process, afterMs, repeat } of steps) {
          await world.turn(afterMs);
          for (let time = 0; time < repeat; time++) await world.tryTake(process);
          await soon();
          for (const process of world.processes) expect(process.held).toBeLessThanOrEqual(reserveLimit(limits));
        }
        await world.turn(leaseMs + 1);
        for (const process of world.processes) await process.giveBack("lapsed");
        for (const process of world.processes) expect(process.held).toBe(0);
        await world.turn((limits.burst / limits.requestsPerSecond) * 1000 + 1000);
        expect(await world.tryTake(0, limits.burst)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("needs few trips for many requests, and none for each refusal", async () => {
    const world = createProcesses(1, { requestsPerSecond: 100, burst: 1000 });
    for (let count = 0; count < 500; count++) {
      await world.turn(10);
      expect(await world.tryTake(0)).toBe(true);
    }
    expect(world.trips()).toBeLessThan(30);
    while ((await world.tryTake(0)) === true);
    const before = world.trips();
    for (let count = 0; count < 1000; count++) expect(await world.tryTake(0)).toBeInstanceOf(RequestRefused);
    expect(world.trips()).toBe(before);
  });

  test("fetches ahead once the running request has sent what it sends, and an end meanwhile gives back all of it", async () => {
    const world = createProcesses(1, { requestsPerSecond: 1, burst: 100 });
    const [process] = world.processes;
    for (let count = 0; count < 4; count++) await world.tryTake(0);
    const before = world.trips();
    while (process !== undefined && process.held > 1) await process.take(1);
    expect(world.trips()).toBe(before);
    await soon();
    expect(world.trips()).toBe(before + 1);
    while (process !== undefined && process.held > 1) await process.take(1);
    await process?.giveBack("now");
    expect(process?.held).toBe(0);
    await soon();
    expect(process?.held).toBe(0);
  });

  test("says when to come again, and lets in whoever does", async () => {
    const world = createProcesses(2, { requestsPerSecond: 2, burst: 4 });
    while ((await world.tryTake(0)) === true);
    const refusal = await world.tryTake(0);
    expect(refusal).toMatchObject({ code: "LIMIT_EXCEEDED", reason: "rate-limit", retryAfterSeconds: 1 });
    await world.turn(1000);
    expect(await world.tryTake(0)).toBe(true);
  });

  test("a used-up day is refused until its end", async () => {
    const world = createProcesses(1, { requestsPerSecond: 100, burst: 100, requestsPerDay: 10 });
    for (let count = 0; count < 10; count++) expect(await world.tryTake(0)).toBe(true);
    expect(await world.tryTake(0)).toMatchObject({ reason: "daily-limit", retryAfterSeconds: 3600 });
    await world.turn(2_000);
    expect(await world.tryTake(0)).toMatchObject({ reason: "daily-limit" });
  });

  test("with the database away, the last slice is used up and then nothing more is let in", async () => {
    const world = createProcesses(1, { requestsPerSecond: 100, burst: 1000 });
    for (let count = 0; count < 100; count++) {
      await world.turn(10);
      await world.tryTake(0);
    }
    world.setAway(true);
    await world.turn(leaseMs * 2);
    const held = world.processes[0]?.held ?? 0;
    let admitted = 0;
    for (let count = 0; count < 200; count++) if ((await world.tryTake(0)) === true) admitted += 1;
    expect(held).toBeGreaterThan(0);
    expect(admitted).toBe(held);
    expect(await world.tryTake(0)).toMatchObject({ code: "UNAVAILABLE", reason: "limits-away" });
    world.setAway(false);
    await world.turn(1_001);
    expect(await world.tryTake(0)).toBe(true);
  });

  test("many at once on a cold bucket share one trip, in their order", async () => {
    const world = createProcesses(1, { requestsPerSecond: 10, burst: 50 });
    const outcomes = await Promise.all(Array.from({ length: 80 }, () => world.tryTake(0)));
    expect(outcomes.filter((outcome) => outcome === true)).toHaveLength(50);
    expect(outcomes.slice(0, 50).every((outcome) => outcome === true)).toBe(true);
    expect(world.trips()).toBeLessThanOrEqual(3);
  });
});
