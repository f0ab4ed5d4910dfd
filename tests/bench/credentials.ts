import { STSClient } from "@aws-sdk/client-sts";
import { newId } from "@leasehold/domain/ids";
import { firstEpoch, objectPrefixOf } from "@leasehold/domain/placement";
import { createCredentialVendor } from "@leasehold/tenancy/credentials/vend-credentials";
import { createWorld, type World } from "../support/world.ts";
import type { Bench } from "./bench.ts";
import { percentile, round } from "./measure.ts";

const tenantsHeld = 500;
const cachedCalls = 200_000;
const uncachedCalls = 300;
const stampede = 1_000;
const mostCachedMs = 1;

/** Vending from the cache, beside asking STS each time and beside not vending at all; and a thousand requests of one cold tenant. */
export const bench: Bench = async () => {
  await using world = await createWorld();
  const { vendor, calls } = countingVendor(world);
  const scopes = Array.from({ length: tenantsHeld }, () => scopeOf(world));
  for (const scope of scopes) await vendor.vendTenantCredentials(scope);
  const scopeAt = (index: number) => scopes[index % scopes.length] ?? scopeOf(world);
  const cached = await timesOf(cachedCalls, (index) => vendor.vendTenantCredentials(scopeAt(index)));
  const warmCalls = calls();
  const cold = scopeOf(world);
  const began = performance.now();
  await Promise.all(Array.from({ length: stampede }, () => vendor.vendTenantCredentials(cold)));
  const coldMs = performance.now() - began;
  const coldCalls = calls() - warmCalls;

  const uncached = await timesOf(uncachedCalls, () => countingVendor(world).vendor.vendTenantCredentials(cold));
  const fixed = { accessKeyId: "fixed" };
  const none = await timesOf(cachedCalls, async () => fixed);

  const figures = {
    cached_p50_ms: round(percentile(cached, 0.5), 4),
    cached_p99_ms: round(percentile(cached, 0.99), 4),
    stampede_ms: round(coldMs),
    stampede_sts_calls: coldCalls,
  };
  const baseline = {
    uncached_p50_ms: round(percentile(uncached, 0.5), 2),
    uncached_p99_ms: round(percentile(uncached, 0.99), 2),
    none_p50_ms: round(percentile(none, 0.5), 4),
    none_p99_ms: round(percentile(none, 0.99), 4),
  };
  const ratio = { uncached_by_cached_p50: round(baseline.uncached_p50_ms / figures.cached_p50_ms, 0) };
  console.log(`\nVending credentials of ${tenantsHeld} tenants`);
  console.table({ ...figures, ...baseline });
  const wrong = [
    ...(figures.cached_p99_ms >= mostCachedMs
      ? [`cached credentials took ${figures.cached_p99_ms} ms at p99; ${mostCachedMs} is the most`]
      : []),
    ...(coldCalls === 1 ? [] : [`${stampede} requests of one cold tenant made ${coldCalls} calls of STS`]),
    ...(warmCalls === tenantsHeld ? [] : [`${tenantsHeld} tenants took ${warmCalls} calls of STS`]),
  ];
  return { bench: "credentials", figures, baseline, ratio, wrong };
};

function countingVendor(world: World) {
  const sts = new STSClient(world.aws("application"));
  let calls = 0;
  sts.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      return next(args);
    },
    { step: "initialize" },
  );
  return { vendor: createCredentialVendor({ sts }), calls: () => calls };
}

function scopeOf({ stack: { aws } }: World) {
  const tenantId = newId("tenant");
  const [keyArn, roleArn] = [`arn:aws:kms:${aws.region}:000000000000:key/${tenantId}`, aws.tenantRoleArn];
  const place = { region: aws.region, database: "pool" as const, bucket: aws.poolBucket, epoch: firstEpoch };
  return { tenantId, plan: "pro", placement: { ...place, objectPrefix: objectPrefixOf(tenantId), keyArn, roleArn } };
}

async function timesOf(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    await work(index);
    times.push(performance.now() - began);
  }
  return times;
}
