import { DomainError } from "@leasehold/domain/errors";
import type { Pool } from "pg";

export interface AttemptLimit {
  /** A keyed hash of who tries and what; never an address. */
  key: string;
  max: number;
  windowSeconds: number;
}

/** Counts one attempt in its fixed window, over all processes. Throws LIMIT_EXCEEDED once there are too many. */
export async function countAttempt(identity: Pool, limit: AttemptLimit): Promise<void> {
  const { rows } = await identity.query<{ count: number; wait: number }>(
    `INSERT INTO identity.attempts AS a (key, count) VALUES ($1, 1)
     ON CONFLICT (key) DO UPDATE SET
       count = CASE WHEN a.window_started_at < now() - make_interval(secs => $2) THEN 1 ELSE a.count + 1 END,
       window_started_at = CASE WHEN a.window_started_at < now() - make_interval(secs => $2) THEN now() ELSE a.window_started_at END
     RETURNING count, ceil(extract(epoch FROM a.window_started_at + make_interval(secs => $2) - now()))::int AS wait`,
    [limit.key, limit.windowSeconds],
  );
  const row = rows[0];
  if (!row || row.count <= limit.max) return;
  const minutes = Math.max(1, Math.ceil(row.wait / 60));
  throw new DomainError("LIMIT_EXCEEDED", `Too many attempts. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`, {
    reason: "too-many-attempts",
    retryAfterSeconds: Math.max(1, row.wait),
  });
}
