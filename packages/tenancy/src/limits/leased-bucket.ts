import { setImmediate as afterThis } from "node:timers/promises";
import type { Slice, SliceRequest } from "@leasehold/db/application/limits/take-slice";
import { DomainError } from "@leasehold/domain/errors";
import { type LimitPolicy, RequestRefused } from "./request-refused.ts";
import { estimateTokens, leaseMs, observeUse, type RecentUse, secondsUntil, sizeReserve } from "./slice.ts";

/** A bucket that has nothing left is asked again after this, however many requests come. */
const emptyPauseMs = 100;
/** The same for a database that does not answer, and for a day that is used up. */
const longPauseMs = 1_000;

/** What a bucket's daily quota is called. */
const dailyOf = { burst: "daily", key: "key-daily" } as const;

export interface LeasedBucketOptions {
  policy: Extract<LimitPolicy, "burst" | "key">;
  rates: SliceRequest["rates"];
  /** One round trip to the bucket. Throws UNAVAILABLE when there is no answer. */
  trade: (request: Pick<SliceRequest, "wanted" | "givenBack" | "givenBackDay" | "rates">) => Promise<Slice>;
  /** Milliseconds of a clock that only goes on. */
  clock?: () => number;
}

interface Waiter {
  requests: number;
  admit: () => void;
  refuse: (error: unknown) => void;
}

/**
 * One process's part of one bucket: requests are taken from a slice in memory, and slices from the bucket, sized by recent use
 * and fetched ahead, after what the running request sends itself. When the bucket is empty, refusals need no trip for a tenth of a
 * second.
 *
 * When the database is away it fails open within the last slice, what is left of it and no more, and then with UNAVAILABLE.
 */
export class LeasedBucket {
  readonly #options: LeasedBucketOptions;
  readonly #clock: () => number;
  readonly #waiting: Waiter[] = [];
  #left = 0;
  #leasedUntil = 0;
  #pausedUntil = 0;
  #refusal: unknown;
  #unreturned = 0;
  #trip: Promise<void> | undefined;
  #slice: Slice | undefined;
  #heardAt = 0;
  #use: RecentUse = { perSecond: 0, atMs: 0 };
  #default: SliceRequest["rates"];

  constructor(options: LeasedBucketOptions) {
    this.#options = options;
    this.#default = options.rates;
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** What holds for the tenant, as the database last said. */
  get rates(): SliceRequest["rates"] {
    return this.#slice?.rates ?? this.#default;
  }

  /** What holds from the next trip on where the tenant has nothing of its own. */
  follow(rates: SliceRequest["rates"]): void {
    this.#default = rates;
  }

  /** Requests that are leased and not used. */
  get held(): number {
    return this.#left + this.#unreturned;
  }

  /** Milliseconds since anybody asked. */
  get idleMs(): number {
    return this.#clock() - this.#use.atMs;
  }

  /** Throws RequestRefused, or UNAVAILABLE. */
  take(requests: number): Promise<void> | undefined {
    const now = this.#clock();
    this.#use = observeUse(this.#use, requests, now);
    const paused = now < this.#pausedUntil;
    if (this.#waiting.length === 0 && this.#left >= requests && (paused || now < this.#leasedUntil)) {
      this.#left -= requests;
      if (!paused && this.#left < this.#reserve() / 2) this.#fetch({ ahead: true });
      return undefined;
    }
    if (paused) throw this.#refusalAt(now);
    if (this.#waiting.reduce((sum, waiter) => sum + waiter.requests, requests) > this.rates.burst)
      throw new RequestRefused(this.#options.policy, 1);
    return new Promise((admit, refuse) => {
      this.#waiting.push({ requests, admit, refuse });
      this.#fetch();
    });
  }

  /** For a request that was admitted here and refused elsewhere. */
  putBack(requests: number): void {
    this.#left += requests;
    this.#trim(this.#reserve());
    this.#giveBackBeyond();
  }

  /** What is left, as far as this process knows, without a trip. */
  remaining(): { burst: number; day: { requests: number; limit: number; secondsLeft: number } | undefined } {
    const elapsedMs = this.#clock() - this.#heardAt;
    const { rates } = this;
    const tokens = this.#slice === undefined ? rates.burst : estimateTokens(this.#slice.tokens, rates, elapsedMs);
    const burst = Math.min(rates.burst, Math.floor(tokens) + this.#left);
    if (this.#slice === undefined || rates.requestsPerDay === undefined) return { burst, day: undefined };
    const secondsLeft = Math.max(1, Math.ceil(this.#slice.secondsOfDayLeft - elapsedMs / 1000));
    const requests = Math.max(0, rates.requestsPerDay - this.#slice.dayUsed + this.held);
    return { burst, day: { requests, limit: rates.requestsPerDay, secondsLeft } };
  }

  /** Gives unused requests back once their lease is over, or at once. @returns whether there were any */
  async giveBack(when: "lapsed" | "now"): Promise<boolean> {
    if (when === "lapsed" && this.#clock() < this.#leasedUntil) return false;
    while (this.#trip !== undefined) await this.#trip;
    if (this.held === 0) return false;
    this.#leasedUntil = 0;
    this.#fetch({ reserve: 0 });
    await this.#trip;
    return true;
  }

  /** Asks the bucket, taking nothing. Throws UNAVAILABLE. */
  async ask(): Promise<Slice> {
    return this.#options.trade({ wanted: 0, givenBack: 0, givenBackDay: null, rates: this.#default });
  }

  #reserve(): number {
    return sizeReserve(this.rates, this.#use.perSecond);
  }

  #fetch({ reserve = this.#reserve(), ahead = false } = {}): void {
    this.#trip ??= this.#tradeSlice(reserve, ahead).finally(() => {
      this.#trip = undefined;
      if (this.#waiting.length > 0) this.#fetch();
      else this.#giveBackBeyond();
    });
  }

  /** At once: requests that come back only when the bucket has filled up again would be let through beside a whole burst. */
  #giveBackBeyond(): void {
    if (this.#unreturned > 0) this.#fetch({ reserve: this.#left });
  }

  async #tradeSlice(reserve: number, ahead: boolean): Promise<void> {
    if (ahead) await afterThis();
    if (this.#clock() >= this.#leasedUntil) {
      this.#unreturned += this.#left;
      this.#left = 0;
    }
    const givenBack = this.#unreturned;
    this.#unreturned = 0;
    const asked = this.#waiting.reduce((sum, waiter) => sum + waiter.requests, 0);
    const wanted = Math.max(0, asked + reserve - this.#left);
    try {
      const givenBackDay = this.#slice?.day ?? null;
      const slice = await this.#options.trade({ wanted, givenBack, givenBackDay, rates: this.#default });
      this.#receive(slice, wanted, reserve);
    } catch (error) {
      this.#left += givenBack;
      this.#pause(longPauseMs, error);
    }
  }

  #receive(slice: Slice, wanted: number, reserve: number): void {
    const now = this.#clock();
    this.#slice = slice;
    this.#heardAt = now;
    this.#left += slice.granted;
    this.#leasedUntil = now + leaseMs;
    if (slice.granted < wanted) this.#pauseEmpty(slice);
    else this.#serve();
    this.#trim(Math.max(reserve, 1));
  }

  /** What is beyond the reserve is not used any more, and goes back. */
  #trim(reserve: number): void {
    const beyond = Math.max(0, this.#left - reserve);
    this.#left -= beyond;
    this.#unreturned += beyond;
  }

  #pauseEmpty(slice: Slice): void {
    const { rates, tokens, dayUsed, secondsOfDayLeft } = slice;
    if (rates.requestsPerDay !== undefined && dayUsed >= rates.requestsPerDay) {
      this.#pause(longPauseMs, new RequestRefused(dailyOf[this.#options.policy], secondsOfDayLeft));
      return;
    }
    const seconds = secondsUntil(1, tokens, rates);
    this.#pause(Math.max(emptyPauseMs, Math.min(longPauseMs, seconds * 1000)), new RequestRefused(this.#options.policy, seconds));
  }

  #pause(ms: number, refusal: unknown): void {
    this.#pausedUntil = this.#clock() + ms;
    this.#refusal = refusal;
    this.#serve();
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(this.#refusalAt(this.#clock()));
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#left >= next.requests; next = this.#waiting[0]) {
      this.#left -= next.requests;
      this.#waiting.shift();
      next.admit();
    }
  }

  #refusalAt(now: number): unknown {
    if (this.#refusal instanceof RequestRefused && this.#refusal.policy === this.#options.policy)
      return new RequestRefused(this.#refusal.policy, (this.#pausedUntil - now) / 1000);
    if (this.#refusal instanceof RequestRefused) return this.#refusal;
    return new DomainError("UNAVAILABLE", "Limits cannot be checked right now. Try again in a moment.", {
      reason: "limits-away",
      retryAfterSeconds: 2,
      cause: this.#refusal,
    });
  }
}
