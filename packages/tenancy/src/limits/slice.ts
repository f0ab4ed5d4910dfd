import type { RequestRates } from "@leasehold/domain/plans";

/** How long a process may keep requests that it does not use, in milliseconds. */
export const leaseMs = 10_000;
/** The share of a burst that one process keeps at hand at most. */
const reserveShare = 1 / 20;
/** Recent use that the next slice is made for, in seconds: half a lease, so that what is taken is used before it goes back. */
const aheadSeconds = leaseMs / 2_000;

/**
 * The most unused requests that one process holds of a bucket. Over any span of T seconds, N processes together let through at
 * most burst + requestsPerSecond × T + N × this many: what is leased was taken from the bucket before.
 */
export function reserveLimit({ burst }: Pick<RequestRates, "burst">): number {
  return Math.max(1, Math.floor(burst * reserveShare));
}

/** Requests to have at hand at this speed: at least one, never more than the limit. */
export function sizeReserve(rates: Pick<RequestRates, "burst">, perSecond: number): number {
  return Math.min(reserveLimit(rates), Math.max(1, Math.ceil(perSecond * aheadSeconds)));
}

/** How fast requests come, forgetting what is longer ago than a second or two. */
export interface RecentUse {
  perSecond: number;
  /** Milliseconds of a clock that only goes on. */
  atMs: number;
}

export function observeUse({ perSecond, atMs }: RecentUse, requests: number, nowMs: number): RecentUse {
  return { perSecond: perSecond * Math.exp(-Math.max(0, nowMs - atMs) / 1000) + requests, atMs: nowMs };
}

/** Seconds until a bucket that held `tokens` holds `wanted`; 0 when it does already. */
export function secondsUntil(wanted: number, tokens: number, { requestsPerSecond }: Pick<RequestRates, "requestsPerSecond">): number {
  return Math.max(0, (wanted - tokens) / requestsPerSecond);
}

/** What a bucket holds now, as far as a process knows that last heard of it `elapsedMs` ago. */
export function estimateTokens(
  tokens: number,
  { requestsPerSecond, burst }: Pick<RequestRates, "requestsPerSecond" | "burst">,
  elapsedMs: number,
): number {
  return Math.max(0, Math.min(burst, tokens + (elapsedMs / 1000) * requestsPerSecond));
}
