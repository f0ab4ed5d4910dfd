import type { RequestRates } from "./plans.ts";

/** How fast one API key may ask. */
export interface ApiKeyRate {
  /** Requests per second that go on without end. */
  requestsPerSecond: number;
  /** Requests that may come at once after a pause. */
  burst: number;
  /** Requests of one day, by the database's clock in UTC; without it those of the tenant alone. */
  requestsPerDay?: number | undefined;
}

/** A burst that goes with a rate, where nobody says another: five seconds of it. */
export function burstOf(requestsPerSecond: number): number {
  return Math.ceil(requestsPerSecond * 5);
}

/** What a plan, or the rates of a tenant's own, give each API key. */
export function mostOfKey(rates: Pick<RequestRates, "keyRequestsPerSecond" | "requestsPerDay">): Required<ApiKeyRate> {
  const { keyRequestsPerSecond: requestsPerSecond, requestsPerDay } = rates;
  return { requestsPerSecond, burst: burstOf(requestsPerSecond), requestsPerDay };
}

/** Bounds of an API key, for server and interface. */
export const apiKeyBounds = {
  nameLength: 60,
  /** Days from making to expiry; the choices that the portal offers. */
  lifetimeDays: [30, 90, 180, 365],
  longestDays: 365,
  /** Keys of one tenant that are neither revoked nor expired. */
  live: 50,
  /** The slowest rate of its own that a key may have: six requests a minute. */
  leastPerSecond: 0.1,
} as const;
