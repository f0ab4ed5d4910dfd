import { setTimeout as sleep } from "node:timers/promises";
import { createConcurrency } from "@leasehold/tenancy/limits/concurrency";
import { createFairQueue } from "@leasehold/tenancy/limits/fair-queue";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("turns at the connections", () => {
  test("a neighbour is next after one piece of another's work, however long the other's line is", async () => {
    const queue = createFairQueue({ slots: 1, slotsPerTenant: 1, waitMs: 5_000 });
    const order: string[] = [];
    const work = (tenant: string) => queue.run(tenant, async () => void order.push(tenant));
    const flood = Array.from({ length: 50 }, () => work("flood"));
    const neighbours = ["one", "other"].map(work);
    await Promise.all([...flood, ...neighbours]);
    expect(order.indexOf("one")).toBeLessThanOrEqual(3);
    expect(order.indexOf("other")).toBeLessThanOrEqual(4);
  });

  test("one tenant never has more than its share, all together never more than there is, and everything runs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.record({ tenant: fc.constantFrom("a", "b", "c"), ticks: fc.nat(3), fails: fc.boolean() }), { maxLength: 40 }),
        async (slots, share, jobs) => {
          const queue = createFairQueue({ slots, slotsPerTenant: share, waitMs: 5_000 });
          const running = new Map<string, number>();
          const total = () => [...running.values()].reduce((sum, count) => sum + count, 0);
          const outcomes = await Promise.allSettled(
            jobs.map(({ tenant, ticks, fails }) =>
              queue.run(tenant, async () => {
                running.set(tenant, (running.get(tenant) ?? 0) + 1);
                expect(running.get(tenant)).toBeLessThanOrEqual(share);
                expect(total()).toBeLessThanOrEqual(slots);
                for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
                running.set(tenant, (running.get(tenant) ?? 0) - 1);
                if (fails) throw new Error("as asked");
              }),
            ),
          );
          expect(outcomes.map(({ status }) => status)).toEqual(jobs.map(({ fails }) => (fails ? "rejected" : "fulfilled")));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("whoever waits too long is told, and takes no turn", async () => {
    const queue = createFairQueue({ slots: 1, slotsPerTenant: 1, waitMs: 20 });
    const long = queue.run("one", () => sleep(80));
    await expect(queue.run("other", async () => undefined)).rejects.toMatchObject({ code: "UNAVAILABLE", reason: "busy" });
    await long;
    await expect(queue.run("other", async () => "in")).resolves.toBe("in");
  });
});

describe("requests of one tenant at once", () => {
  test("as many again wait, the next is refused, and whoever leaves lets the first in line in", async () => {
    const rooms = createConcurrency();
    const leave = await rooms.enter("a", 1);
    const second = rooms.enter("a", 1);
    expect(() => rooms.enter("a", 1)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED", reason: "concurrency-limit" }));
    expect(await rooms.enter("b", 1)).toBeTypeOf("function");
    leave();
    leave();
    (await second)();
    expect(await rooms.enter("a", 1)).toBeTypeOf("function");
  });

  test("whoever waits longer than a second is refused", async () => {
    const rooms = createConcurrency();
    await rooms.enter("a", 1);
    await expect(rooms.enter("a", 1)).rejects.toMatchObject({ reason: "concurrency-limit", retryAfterSeconds: 1 });
  });
});
