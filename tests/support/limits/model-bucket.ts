import type { Slice, SliceRequest } from "@leasehold/db/application/limits/take-slice";

type Rates = SliceRequest["rates"];

/** A bucket as app.take_slice keeps it, with a clock that is given: what the database's own arithmetic is compared with. */
export interface ModelBucket {
  readonly tokens: number;
  take(atMs: number, request: Pick<SliceRequest, "wanted" | "givenBack">): Slice;
}

export function createModelBucket(rates: Rates, startMs = 0): ModelBucket {
  let tokens = rates.burst;
  let at = startMs;
  let dayUsed = 0;
  return {
    get tokens() {
      return tokens;
    },
    take(atMs, { wanted, givenBack }) {
      const elapsedMs = Math.max(0, atMs - at);
      at = Math.max(at, atMs);
      dayUsed = Math.max(0, dayUsed - givenBack);
      const available = Math.min(rates.burst, Math.min(rates.burst, tokens + (elapsedMs / 1000) * rates.requestsPerSecond) + givenBack);
      const granted = Math.max(0, Math.min(wanted, Math.floor(available), (rates.requestsPerDay ?? Number.MAX_SAFE_INTEGER) - dayUsed));
      tokens = available - granted;
      dayUsed += granted;
      return { granted, tokens, day: "2026-01-01", dayUsed, secondsOfDayLeft: 3600, rates };
    },
  };
}
