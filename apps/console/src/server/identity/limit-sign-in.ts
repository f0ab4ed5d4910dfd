import { createHmac } from "node:crypto";
import { APIError, createAuthMiddleware } from "better-auth/api";
import type { Pool } from "pg";
import type { ConsoleEnv } from "../../env.ts";

const attemptsPerWindow = 10;
const windowMinutes = 15;

/** Refuses the eleventh attempt on one account within a quarter of an hour, whatever address it comes from. */
export function limitSignIn(env: ConsoleEnv, database: Pool) {
  return createAuthMiddleware(async (context) => {
    if (context.path !== "/sign-in/email") return;
    const { rows } = await database.query<{ count: number }>(
      `INSERT INTO sign_in_attempts AS a (account_hash, count) VALUES ($1, 1)
       ON CONFLICT (account_hash) DO UPDATE SET
         count = CASE WHEN a.window_started_at < now() - make_interval(mins => $2) THEN 1 ELSE a.count + 1 END,
         window_started_at = CASE WHEN a.window_started_at < now() - make_interval(mins => $2) THEN now() ELSE a.window_started_at END
       RETURNING count`,
      [accountHash(env, context.body), windowMinutes],
    );
    if ((rows[0]?.count ?? 0) > attemptsPerWindow) {
      throw new APIError("TOO_MANY_REQUESTS", { message: `Too many attempts on this account. Try again in ${windowMinutes} minutes.` });
    }
  });
}

/** A successful sign-in gives the account its attempts back. */
export function forgetAttempts(env: ConsoleEnv, database: Pool) {
  return createAuthMiddleware(async (context) => {
    if (context.path !== "/sign-in/email" || !context.context.newSession) return;
    await database.query("DELETE FROM sign_in_attempts WHERE account_hash = $1", [accountHash(env, context.body)]);
  });
}

function accountHash(env: ConsoleEnv, body: unknown): string {
  const email = typeof body === "object" && body !== null && "email" in body ? String(body.email).trim().toLowerCase() : "";
  return createHmac("sha256", env.CONSOLE_HMAC_SECRET).update(`sign-in:${email}`).digest("hex");
}
