import { setImmediate as soon } from "node:timers/promises";
import { ExpiringCache } from "@leasehold/tenancy/cache/expiring-cache";
import { describe, expect, test } from "vitest";

test("what is stale leaves as new values come, however much room there is", async () => {
  let dropped = 0;
  const cache = new ExpiringCache<number>({ maxEntries: 100_000, freshUntil: () => 0, dispose: () => void dropped++ });
  for (let index = 0; index < 1_000; index++) await cache.get(`key ${index}`, async () => index);
  expect(cache.size).toBeLessThan(5);
  expect(dropped).toBeGreaterThan(990);
});

test("what is fresh stays, least recently used out first", async () => {
  const cache = new ExpiringCache<number>({ maxEntries: 3, freshUntil: () => Date.now() + 60_000 });
  for (const key of ["a", "b", "c"]) await cache.get(key, async () => 1);
  await cache.get("a", async () => 2);
  await cache.get("d", async () => 1);
  expect(await cache.get("a", async () => 2)).toBe(1);
  expect(await cache.get("b", async () => 2)).toBe(2);
});

describe("a value that is renewed ahead", () => {
  /** Every value is due for renewal as soon as it is there, and stays fresh for a minute. */
  const lifetimeMs = 60_000;
  const createCache = (dispose: (value: number) => void = () => {}) =>
    new ExpiringCache<number>({ maxEntries: 3, freshUntil: () => Date.now() + lifetimeMs, renewAheadMs: lifetimeMs, dispose });

  test("is handed out meanwhile, and loaded once however many ask", async () => {
    const dropped: number[] = [];
    const cache = createCache((value) => dropped.push(value));
    let loads = 0;
    const get = () => cache.get("a", async () => ++loads);
    expect(await get()).toBe(1);
    expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1]);
    expect(loads).toBe(1);
    await soon();
    expect(loads).toBe(2);
    expect(await get()).toBe(2);
    expect(dropped).toEqual([1]);
  });

  test("stays as it is when the next one cannot be loaded", async () => {
    const cache = createCache();
    expect(await cache.get("a", async () => 1)).toBe(1);
    expect(await cache.get("a", () => Promise.reject(new Error("away")))).toBe(1);
    await soon();
    expect(await cache.get("a", async () => 2)).toBe(1);
  });

  test("does not come back after it was forgotten", async () => {
    const dropped: number[] = [];
    const cache = createCache((value) => dropped.push(value));
    const before = Promise.withResolvers<number>();
    await cache.get("a", async () => 1);
    await cache.get("a", () => before.promise);
    await soon();
    cache.delete("a");
    before.resolve(2);
    await soon();
    expect(dropped).toEqual([1, 2]);
    expect(await cache.get("a", async () => 3)).toBe(3);
  });
});
