import { ExpiringCache } from "@leasehold/tenancy/cache/expiring-cache";
import { expect, test } from "vitest";

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
