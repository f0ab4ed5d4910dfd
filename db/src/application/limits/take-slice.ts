import type { RequestRates } from "@leasehold/domain/plans";
import type pg from "pg";
import { toDomainError } from "../../errors.ts";

export interface SliceRequest {
  tenantId: string;
  /** `tenant`, or `key:` and the id of an API key. */
  bucket: string;
  /** What holds where the tenant has nothing of its own; a key's bucket has a daily quota where it was given one. */
  rates: Partial<RequestRates> & Pick<RequestRates, "requestsPerSecond" | "burst">;
  /** Requests to take; 0 gives back, or only asks. */
  wanted: number;
  /** Requests of earlier slices that were not used, and the day they were taken on. */
  givenBack: number;
  givenBackDay: string | null;
}

export interface Slice {
  granted: number;
  /** What the bucket holds after this. */
  tokens: number;
  /** As `2026-01-31`, in UTC. */
  day: string;
  dayUsed: number;
  secondsOfDayLeft: number;
  /** What holds for the tenant now. */
  rates: SliceRequest["rates"];
}

interface Row {
  granted: number;
  tokens: number;
  day: string;
  day_used: string;
  seconds_of_day_left: number;
  rates: Slice["rates"];
}

const text = `select granted, tokens, day::text, day_used, seconds_of_day_left, rates from app.take_slice($1, $2, $3, $4, $5, $6)`;

/**
 * Takes requests out of a tenant's bucket, in the pool's database and by its clock: one round trip, outside of any tenant's
 * transaction. Throws UNAVAILABLE (`database-away`), PRECONDITION_FAILED when the tenant has no placement.
 */
export async function takeSlice(pool: pg.Pool, request: SliceRequest): Promise<Slice> {
  const { tenantId, bucket, rates, wanted, givenBack, givenBackDay } = request;
  const values = [tenantId, bucket, JSON.stringify(rates), wanted, givenBack, givenBackDay];
  const taken = await pool.query<Row>({ name: "take-slice", text, values }).catch((error: unknown) => Promise.reject(toDomainError(error)));
  const row = taken.rows[0];
  if (row === undefined) throw new Error("a bucket gave no answer");
  const { granted, tokens, day, seconds_of_day_left: secondsOfDayLeft } = row;
  return { granted, tokens, day, dayUsed: Number(row.day_used), secondsOfDayLeft, rates: row.rates };
}
