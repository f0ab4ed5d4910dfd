import { takeSlice } from "@leasehold/db/application/limits/take-slice";
import { type ApiKeyRate, mostOfKey } from "@leasehold/domain/api-keys";
import { DomainError } from "@leasehold/domain/errors";
import { ratesOf } from "@leasehold/domain/plans";
import type pg from "pg";
import type { TenantScope } from "../context.ts";
import { createConcurrency } from "./concurrency.ts";
import { LeasedBucket } from "./leased-bucket.ts";
import { rateLimitHeaders } from "./rate-limit-headers.ts";

export interface RequestToAdmit {
  apiKeyId?: string | undefined;
  /** The API key's own rate, beneath that which the tenant's plan gives every key. */
  keyRate?: ApiKeyRate | undefined;
  /** Requests that this one counts for: the procedures of a batch. 1 unless told. */
  requests?: number;
}

export interface Admission {
  /** `ratelimit` and `ratelimit-policy`, for the answer. */
  headers: Record<string, string>;
  /** To be called when the request has ended, however it did. */
  release(): void;
}

/** What a tenant has asked today, and what its rates are. */
export interface RequestUse {
  requestsToday: number;
  requestsPerDay: number;
  requestsPerSecond: number;
  burst: number;
  secondsOfDayLeft: number;
  /** The most that an API key may be given. */
  key: Required<ApiKeyRate>;
}

type Limited = Pick<TenantScope, "tenantId" | "plan">;

export interface Limits {
  /**
   * Lets a request in, in memory as a rule: by the API key's rate, the tenant's rate, daily quota and concurrency. Throws
   * LIMIT_EXCEEDED (RequestRefused), or UNAVAILABLE (`limits-away`) when the last slice is used up and the database is away.
   */
  admit(scope: Limited, request?: RequestToAdmit): Promise<Admission>;
  /** The headers for a request that was refused. */
  headersOf(scope: Limited, request: RequestToAdmit, refusal: unknown): Record<string, string>;
  /** One round trip. Leases of other processes count as used. */
  readUse(scope: Limited): Promise<RequestUse>;
  /** Gives back what is leased. */
  close(): Promise<void>;
}

/** How often leases that are over are given back, and buckets that nobody asks are forgotten, in milliseconds. */
const sweepMs = 5_000;
const forgottenMs = 60_000;
/** Give-backs of one sweep: what is not given back in time counts as used today, and the bucket refills all the same. */
const sweepTrips = 200;
/** A bucket that takes longer is treated as away; what it still grants is lost to the day, and to nothing else. */
const tradeMs = 2_000;

/** Request limits of one process over the buckets in the pool's database. */
export function createLimits({ pool, maxBuckets = 50_000 }: { pool: pg.Pool; maxBuckets?: number }): Limits {
  const buckets = new Map<string, LeasedBucket>();
  const concurrency = createConcurrency();

  function bucketOf(tenantId: string, bucket: string, options: Pick<ConstructorParameters<typeof LeasedBucket>[0], "policy" | "rates">) {
    const name = `${tenantId} ${bucket}`;
    const known = buckets.get(name);
    known?.follow(options.rates);
    if (known !== undefined) return known;
    const made = new LeasedBucket({ ...options, trade: (slice) => inTime(takeSlice(pool, { tenantId, bucket, ...slice })) });
    buckets.set(name, made);
    if (buckets.size > maxBuckets) forgetOldest();
    return made;
  }

  function bucketsOf({ tenantId, plan }: Limited, { apiKeyId, keyRate }: RequestToAdmit) {
    const tenant = bucketOf(tenantId, "tenant", { policy: "burst", rates: ratesOf(plan) });
    if (apiKeyId === undefined) return { tenant, key: undefined };
    const most = mostOfKey({ ...ratesOf(plan), ...tenant.rates });
    const requestsPerSecond = Math.min(most.requestsPerSecond, keyRate?.requestsPerSecond ?? most.requestsPerSecond);
    const requestsPerDay = keyRate?.requestsPerDay && Math.min(most.requestsPerDay, keyRate.requestsPerDay);
    const rates = { requestsPerSecond, burst: Math.min(most.burst, keyRate?.burst ?? most.burst), requestsPerDay };
    return { tenant, key: bucketOf(tenantId, `key:${apiKeyId}`, { policy: "key", rates }) };
  }

  function forgetOldest(): void {
    const [oldest] = buckets;
    if (oldest === undefined) return;
    buckets.delete(oldest[0]);
    void oldest[1].giveBack("now");
  }

  async function sweep(): Promise<void> {
    let trips = 0;
    for (const [name, bucket] of buckets) {
      if (trips < sweepTrips && (await bucket.giveBack("lapsed"))) trips += 1;
      if (bucket.idleMs > forgottenMs) buckets.delete(name);
    }
  }

  let sweeping: Promise<void> | undefined;
  const timer = setInterval(() => {
    sweeping ??= sweep().finally(() => {
      sweeping = undefined;
    });
  }, sweepMs).unref();

  return {
    async admit(scope, request = {}) {
      const requests = request.requests ?? 1;
      const { tenant } = bucketsOf(scope, {});
      if (requests > tenant.rates.burst) throw tooMany(requests);
      await tenant.take(requests);
      // Only now are the tenant's own rates known, and with them its keys'.
      const { key } = bucketsOf(scope, request);
      try {
        if (requests > (key?.rates.burst ?? requests)) throw tooMany(requests);
        await key?.take(requests);
      } catch (error) {
        tenant.putBack(requests);
        throw error;
      }
      try {
        const { concurrentRequests } = { ...ratesOf(scope.plan), ...tenant.rates };
        const release = await concurrency.enter(scope.tenantId, concurrentRequests);
        return { headers: rateLimitHeaders({ tenant, key }), release };
      } catch (error) {
        tenant.putBack(requests);
        key?.putBack(requests);
        throw error;
      }
    },
    headersOf: (scope, request, refusal) => rateLimitHeaders(bucketsOf(scope, request), refusal),
    async readUse(scope) {
      const { tenant } = bucketsOf(scope, {});
      const { dayUsed, secondsOfDayLeft, rates } = await tenant.ask();
      const holds = { ...ratesOf(scope.plan), ...rates };
      const { requestsPerDay, requestsPerSecond, burst } = holds;
      const requestsToday = Math.max(0, dayUsed - tenant.held);
      return { requestsToday, requestsPerDay, requestsPerSecond, burst, secondsOfDayLeft, key: mostOfKey(holds) };
    },
    async close() {
      clearInterval(timer);
      await sweeping;
      for (const bucket of buckets.values()) await bucket.giveBack("now");
    },
  };
}

async function inTime<T>(trip: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${tradeMs} ms`)), tradeMs);
  trip.catch(() => undefined);
  return Promise.race([trip, late]).finally(() => clearTimeout(timer));
}

function tooMany(requests: number): DomainError {
  return new DomainError("VALIDATION", `A batch of ${requests} is more than may come at once. Send fewer together.`, {
    reason: "batch-too-large",
  });
}
