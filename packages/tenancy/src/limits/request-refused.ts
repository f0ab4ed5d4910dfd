import { DomainError } from "@leasehold/domain/errors";

/** The policies as the RateLimit headers name them. */
export type LimitPolicy = "burst" | "daily" | "key" | "key-daily" | "concurrent";

const texts: Record<LimitPolicy, string> = {
  burst: "Too many requests for this workspace.",
  daily: "The workspace has used its requests for today.",
  key: "Too many requests with this API key.",
  "key-daily": "This API key has used its requests for today.",
  concurrent: "Too many requests of this workspace are under way at once.",
};

const reasons: Record<LimitPolicy, string> = {
  burst: "rate-limit",
  daily: "daily-limit",
  key: "key-rate-limit",
  "key-daily": "key-daily-limit",
  concurrent: "concurrency-limit",
};

/** LIMIT_EXCEEDED for the speed of asking: `rate-limit`, `daily-limit`, `key-rate-limit`, `key-daily-limit` or `concurrency-limit`, and when to try again. */
export class RequestRefused extends DomainError {
  readonly policy: LimitPolicy;

  constructor(policy: LimitPolicy, retryAfterSeconds: number) {
    const wait = Math.max(1, Math.ceil(retryAfterSeconds));
    super("LIMIT_EXCEEDED", `${texts[policy]} Try again in ${inWords(wait)}.`, { reason: reasons[policy], retryAfterSeconds: wait });
    this.policy = policy;
  }
}

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "a second" : `${seconds} seconds`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`;
}
