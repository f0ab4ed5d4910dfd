import type { LeasedBucket } from "./leased-bucket.ts";
import { RequestRefused } from "./request-refused.ts";

const secondsPerDay = 86_400;

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11): quotas with their windows in seconds, and what is
 * left of each, the tightest first. An answer that refuses names the policy that did, so that `t` is not later than Retry-After.
 */
export function rateLimitHeaders(
  { tenant, key }: { tenant: LeasedBucket; key: LeasedBucket | undefined },
  refusal?: unknown,
): Record<string, string> {
  const { rates } = tenant;
  const { burst, day } = tenant.remaining();
  const policies = [bucketPolicy("burst", rates)];
  const limits = [{ name: "burst", left: burst, seconds: burst > 0 ? secondsPerToken(rates) : waitOf(refusal) }];
  if (rates.requestsPerDay !== undefined) policies.push(dailyPolicy("daily", rates.requestsPerDay));
  if (day !== undefined) limits.push({ name: "daily", left: day.requests, seconds: day.secondsLeft });
  if (key !== undefined) {
    const { burst: left, day: keyDay } = key.remaining();
    policies.push(bucketPolicy("key", key.rates));
    limits.push({ name: "key", left, seconds: left > 0 ? secondsPerToken(key.rates) : waitOf(refusal) });
    if (key.rates.requestsPerDay !== undefined) policies.push(dailyPolicy("key-daily", key.rates.requestsPerDay));
    if (keyDay !== undefined) limits.push({ name: "key-daily", left: keyDay.requests, seconds: keyDay.secondsLeft });
  }
  if (rates.concurrentRequests !== undefined) policies.push(`"concurrent";q=${rates.concurrentRequests};qu="concurrent-requests"`);
  const tightestFirst = limits.sort((one, other) => one.left - other.left).map(({ name, left, seconds }) => item(name, left, seconds));
  const said = refusal instanceof RequestRefused ? [item(refusal.policy, 0, waitOf(refusal))] : tightestFirst;
  return { "ratelimit-policy": policies.join(", "), ratelimit: said.join(", ") };
}

/** A bucket as a quota: its burst, over the time that refills it. */
function bucketPolicy(name: string, { burst, requestsPerSecond }: LeasedBucket["rates"]): string {
  return `"${name}";q=${burst};w=${Math.max(1, Math.round(burst / requestsPerSecond))}`;
}

function dailyPolicy(name: string, requests: number): string {
  return `"${name}";q=${requests};w=${secondsPerDay}`;
}

function item(name: string, remaining: number, seconds: number): string {
  return `"${name}";r=${remaining};t=${seconds}`;
}

const secondsPerToken = ({ requestsPerSecond }: LeasedBucket["rates"]) => Math.ceil(1 / requestsPerSecond);
const waitOf = (refusal: unknown) => (refusal instanceof RequestRefused ? (refusal.retryAfterSeconds ?? 1) : 1);
