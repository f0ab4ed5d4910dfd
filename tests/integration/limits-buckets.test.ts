import { takeSlice } from "@leasehold/db/application/limits/take-slice";
import { openHome } from "@leasehold/db/application/placement/open-home";
import { removeLimits, setLimits } from "@leasehold/db/application/placement/set-limits";
import { withTenant } from "@leasehold/db/application/with-tenant";
import { createPool } from "@leasehold/db/client";
import { limitsOf, ratesOf } from "@leasehold/domain/plans";
import { createLimits } from "@leasehold/tenancy/limits/create-limits";
import { reserveLimit } from "@leasehold/tenancy/limits/slice";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { createLimitedTenant } from "../support/limits/limited-tenant.ts";
import { createModelBucket } from "../support/limits/model-bucket.ts";

let databases: TestDatabases;
let pool: Pool;
let worker: Pool;
beforeAll(async () => {
  databases = await createTestDatabases();
  pool = createPool(databases.urlOf("application", "app_tenant"), { max: 4 });
  worker = createPool(databases.urlOf("application", "worker"), { max: 2 });
});
afterAll(async () => {
  await Promise.all([pool.end(), worker.end()]);
  await databases[Symbol.asyncDispose]();
});

const slow = { requestsPerSecond: 0.001, burst: 20, requestsPerDay: 1_000 };
const bucketOf = async (tenantId: string) =>
  (
    await databases.query<{ tokens: number; day: string; day_used: string }>(
      "application",
      "select tokens, day::text, day_used from app.rate_buckets where tenant_id = $1 and bucket = 'tenant'",
      [tenantId],
    )
  )[0];
const take = (tenantId: string, wanted: number, extra: { givenBack?: number; givenBackDay?: string | null } = {}) =>
  takeSlice(pool, { tenantId, bucket: "tenant", rates: ratesOf("pro"), wanted, givenBack: 0, givenBackDay: null, ...extra });

describe("a bucket in the database", () => {
  test("refills as the model does, at any instants", async () => {
    const instants = fc.array(fc.record({ afterMs: fc.integer({ min: -2_000, max: 60_000 }), wanted: fc.nat(60) }), {
      minLength: 1,
      maxLength: 12,
    });
    const rates = fc.record({ requestsPerSecond: fc.integer({ min: 1, max: 500 }), burst: fc.integer({ min: 1, max: 1_000 }) });
    await fc.assert(
      fc.asyncProperty(rates, instants, async (limits, steps) => {
        const model = createModelBucket(limits);
        let tokens = limits.burst;
        let [at, latest] = [0, 0];
        for (const { afterMs, wanted } of steps) {
          at = Math.max(0, at + afterMs);
          const { rows } = await pool.query<{ tokens: number }>(
            "select app.refill($1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000), $4, $5) as tokens",
            [tokens, latest, at, limits.requestsPerSecond, limits.burst],
          );
          const refilled = rows[0]?.tokens ?? Number.NaN;
          const expected = model.take(at, { wanted, givenBack: 0 });
          tokens = refilled - Math.min(wanted, Math.floor(refilled + 1e-9));
          latest = Math.max(latest, at);
          expect(tokens).toBeCloseTo(expected.tokens, 3);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("is full at first, gives what it has and no more, and refills by the database's clock alone", async () => {
    const { tenantId } = await createLimitedTenant(worker, { ...slow, requestsPerSecond: 10 });
    expect(await take(tenantId, 15)).toMatchObject({ granted: 15, dayUsed: 15, rates: { burst: 20 } });
    expect((await take(tenantId, 15)).granted).toBeLessThan(15);
    await databases.query(
      "application",
      "update app.rate_buckets set tokens = 0, refilled_at = now() - interval '1.5 seconds' where tenant_id = $1",
      [tenantId],
    );
    const later = await take(tenantId, 100);
    expect(later.granted).toBeGreaterThanOrEqual(15);
    expect(later.granted).toBeLessThanOrEqual(20);
  });

  test("two at once take what is there between them", async () => {
    const { tenantId } = await createLimitedTenant(worker, slow);
    const slices = await Promise.all(Array.from({ length: 8 }, () => take(tenantId, 5)));
    expect(slices.reduce((sum, { granted }) => sum + granted, 0)).toBe(20);
  });

  test("takes back what was not used, up to its burst, and never below no use", async () => {
    const { tenantId } = await createLimitedTenant(worker, slow);
    const { day } = await take(tenantId, 12);
    expect(await take(tenantId, 0, { givenBack: 5, givenBackDay: day })).toMatchObject({ granted: 0, dayUsed: 7 });
    const again = await take(tenantId, 0, { givenBack: 500, givenBackDay: day });
    expect(again.dayUsed).toBe(0);
    expect(again.tokens).toBe(20);
  });

  test("counts a day in UTC, refuses when it is used up, and begins anew with the next", async () => {
    const { tenantId } = await createLimitedTenant(worker, { ...slow, burst: 1_000, requestsPerDay: 30 });
    expect(await take(tenantId, 50)).toMatchObject({ granted: 30, dayUsed: 30 });
    const refused = await take(tenantId, 1);
    expect(refused).toMatchObject({ granted: 0, dayUsed: 30 });
    expect(refused.secondsOfDayLeft).toBeGreaterThan(0);
    expect(refused.secondsOfDayLeft).toBeLessThanOrEqual(86_400);
    await databases.query("application", "update app.rate_buckets set day = day - 1 where tenant_id = $1", [tenantId]);
    expect(await take(tenantId, 10, { givenBack: 4, givenBackDay: "2020-01-01" })).toMatchObject({ granted: 10, dayUsed: 10 });
  });

  test("goes by the tenant's own rates, and by its plan's where it has none", async () => {
    const { tenantId } = await createLimitedTenant(worker, slow);
    await setLimits(worker, tenantId, { ...limitsOf("starter"), rates: { burst: 3 } });
    expect(await take(tenantId, 0)).toMatchObject({ rates: { burst: 3, requestsPerSecond: 100 } });
    const { rates: _rates, ...without } = limitsOf("starter");
    await setLimits(worker, tenantId, without);
    expect(await take(tenantId, 0)).toMatchObject({ rates: limitsOf("pro").rates });
  });

  test("a lowered burst holds at once", async () => {
    const { tenantId } = await createLimitedTenant(worker, { ...slow, burst: 100 });
    await take(tenantId, 1);
    await setLimits(worker, tenantId, { ...limitsOf("pro"), rates: { ...slow, burst: 5 } });
    expect((await take(tenantId, 100)).granted).toBe(5);
  });

  test("goes with the tenant's placement, and an unknown tenant has none", async () => {
    const { tenantId } = await createLimitedTenant(worker, slow);
    await take(tenantId, 1);
    await removeLimits(worker, tenantId);
    expect(await bucketOf(tenantId)).toBeUndefined();
    await expect(take(tenantId, 1)).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
  });
});

describe("between tenants", () => {
  test("a tenant neither sees nor changes another's bucket, and cannot make one for it", async () => {
    const [ours, theirs, empty] = await Promise.all([1, 2, 3].map(() => createLimitedTenant(worker, slow)));
    if (ours === undefined || theirs === undefined || empty === undefined) throw new Error("no tenants");
    await openHome(worker, ours.tenantId, 1);
    await Promise.all([take(ours.tenantId, 1), take(theirs.tenantId, 1)]);
    const before = await bucketOf(theirs.tenantId);
    const entered = { tenantId: ours.tenantId, epoch: 1 };
    const counts = await withTenant(pool, entered, async (tx) => {
      const seen = await tx.execute(sql`select tenant_id from app.rate_buckets`);
      const changed = await tx.execute(sql`update app.rate_buckets set tokens = 0, day_used = 9 where tenant_id = ${theirs.tenantId}`);
      return { seen: seen.rows, changed: changed.rowCount };
    });
    expect(counts).toEqual({ seen: [{ tenant_id: ours.tenantId }], changed: 0 });
    await expect(
      withTenant(pool, entered, (tx) =>
        tx.execute(sql`insert into app.rate_buckets (tenant_id, bucket, tokens, refilled_at, day)
          values (${empty.tenantId}, 'tenant', 0, now(), current_date)`),
      ),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(
      withTenant(pool, entered, (tx) => tx.execute(sql`delete from app.rate_buckets where tenant_id = ${ours.tenantId}`)),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await bucketOf(theirs.tenantId)).toEqual(before);
  });

  test("one tenant's empty bucket leaves the other's full", async () => {
    const limits = createLimits({ pool });
    const [one, other] = await Promise.all([createLimitedTenant(worker, slow), createLimitedTenant(worker, slow)]);
    const ask = (tenant: typeof one) => limits.admit(tenant).then(({ release }) => release());
    for (let count = 0; count < 20; count++) await ask(one);
    await expect(ask(one)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", reason: "rate-limit" });
    for (let count = 0; count < 20; count++) await ask(other);
    await limits.close();
  });
});

describe("a process", () => {
  test("gives back on its end what it leased, and asks the database about once for many requests", async () => {
    const tenant = await createLimitedTenant(worker, { requestsPerSecond: 0.001, burst: 400, requestsPerDay: 10_000 });
    const limits = createLimits({ pool });
    const before = await roundsOf();
    for (let count = 0; count < 200; count++) (await limits.admit(tenant)).release();
    const trips = (await roundsOf()) - before;
    await limits.close();
    expect(await bucketOf(tenant.tenantId)).toMatchObject({ day_used: "200" });
    expect(Math.round((await bucketOf(tenant.tenantId))?.tokens ?? 0)).toBe(200);
    expect(trips).toBeLessThan(80);

    async function roundsOf(): Promise<number> {
      const [row] = await databases.query<{ updates: string }>(
        "application",
        "select coalesce(sum(n_tup_upd), 0) as updates from pg_stat_user_tables where relname = 'rate_buckets' and pg_stat_force_next_flush() is not null",
      );
      return Number(row?.updates ?? 0);
    }
  });

  test("an API key has its own rate below its tenant's", async () => {
    const tenant = await createLimitedTenant(worker, { requestsPerSecond: 0.001, burst: 100, requestsPerDay: 10_000 });
    const limits = createLimits({ pool });
    const ask = (apiKeyId: string) => limits.admit(tenant, { apiKeyId, keyRate: { requestsPerSecond: 0.2, burst: 1 } });
    (await ask("key_a")).release();
    await expect(ask("key_a")).rejects.toMatchObject({ reason: "key-rate-limit", retryAfterSeconds: expect.any(Number) });
    const { headers, release } = await ask("key_b");
    release();
    expect(headers["ratelimit-policy"]).toContain('"key";q=1;w=5');
    await limits.close();
    const keys = await databases.query("application", "select bucket from app.rate_buckets where tenant_id = $1 order by 1", [
      tenant.tenantId,
    ]);
    expect(keys).toEqual([{ bucket: "key:key_a" }, { bucket: "key:key_b" }, { bucket: "tenant" }]);
    expect(await bucketOf(tenant.tenantId)).toMatchObject({ day_used: "2" });
  });

  test("what is used today is said without what is only leased", async () => {
    const tenant = await createLimitedTenant(worker, { ...slow, burst: 500 });
    const limits = createLimits({ pool });
    for (let count = 0; count < 7; count++) (await limits.admit(tenant)).release();
    expect(await limits.readUse(tenant)).toMatchObject({ requestsToday: 7, requestsPerDay: 1_000, burst: 500 });
    await limits.close();
  });

  test("a lease is a twentieth of the burst at most", () => {
    expect(reserveLimit({ burst: 400 })).toBe(20);
  });
});
