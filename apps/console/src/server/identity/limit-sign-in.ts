import { createHmac, randomUUID } from "node:crypto";
import { actorRef } from "@leasehold/domain/context";
import { hostCookie } from "@leasehold/tenancy/identity/cookie-options";
import { addToScope } from "@leasehold/tenancy/telemetry/scope";
import { clientAddressHeader } from "@leasehold/tenancy/web/client-address";
import { APIError, createAuthMiddleware } from "better-auth/api";
import type { Pool } from "pg";
import type { ConsoleEnv } from "../../env.ts";

/** Attempts that cost nothing; each one more doubles the wait before the next, up to a quarter of an hour. */
const freeAttempts = { device: 10, client: 5, account: 100 } as const;
const longestWaitSeconds = 15 * 60;
/** After this long without an attempt the count begins anew. */
const forgottenAfterSeconds = 60 * 60;
const deviceDays = 180;
const deviceCookieOf = (env: ConsoleEnv) => hostCookie(env.CONSOLE_URL, "leasehold-console.device");

type Counted = keyof typeof freeAttempts;

/**
 * Guessing is slowed down for each account and client address, and, at a higher bound, for the account wherever attempts come
 * from. A browser in which the operator signed in before holds a signed cookie and is counted by that alone, so no stranger's
 * attempts keep the operator out. Unknown accounts are counted the same.
 */
export function limitSignIn(env: ConsoleEnv, database: Pool) {
  return createAuthMiddleware(async (context) => {
    if (context.path !== "/sign-in/email") return;
    const account = accountOf(env, emailIn(context.body));
    for (const [counted, key] of keysOf(env, context, account, await readDevice(env, context, account))) {
      const wait = await countAttempt(database, key, freeAttempts[counted]);
      if (wait === 0) continue;
      const words = wait < 90 ? `${wait} seconds` : `${Math.ceil(wait / 60)} minutes`;
      throw new APIError("TOO_MANY_REQUESTS", { message: `Too many attempts. Try again in ${words}.` }, { "retry-after": String(wait) });
    }
  });
}

const signingIn = new Set(["/sign-in/email", "/two-factor/verify-totp", "/two-factor/verify-backup-code"]);

/**
 * The password ends the session that the browser had. Being signed in, which takes a code as well of somebody who has a second factor, gives
 * the client its attempts back, and makes its browser one that is known.
 */
export function rememberDevice(env: ConsoleEnv, database: Pool) {
  return createAuthMiddleware(async (context) => {
    const { newSession, authCookies, secret, internalAdapter } = context.context;
    if (!signingIn.has(context.path) || !newSession) return;
    const before = await context.getSignedCookie(authCookies.sessionToken.name, secret);
    if (before && before !== newSession.session.token) await internalAdapter.deleteSession(before);
    addToScope({ actor: actorRef({ type: "operator", operatorId: newSession.user.id }) });
    if (context.path === "/sign-in/email" && newSession.user.twoFactorEnabled === true) return;
    const account = accountOf(env, newSession.user.email);
    const known = await readDevice(env, context, account);
    const own = keysOf(env, context, account, known).filter(([counted]) => counted !== "account");
    await database.query("DELETE FROM sign_in_attempts WHERE key = ANY ($1)", [own.map(([, key]) => key)]);
    await context.setSignedCookie(deviceCookieOf(env), `${account}.${known ?? randomUUID()}`, env.CONSOLE_AUTH_SECRET, {
      httpOnly: true,
      sameSite: "strict",
      secure: env.CONSOLE_URL.startsWith("https://"),
      path: "/",
      maxAge: deviceDays * 24 * 60 * 60,
    });
  });
}

interface SignInContext {
  headers?: Headers | undefined;
  getSignedCookie: (name: string, secret: string) => Promise<string | null | undefined | false>;
}

/** The device that this account signed in from before; a cookie of another account counts for nothing. */
async function readDevice(env: ConsoleEnv, context: SignInContext, account: string): Promise<string | undefined> {
  const [owner, device] = ((await context.getSignedCookie(deviceCookieOf(env), env.CONSOLE_AUTH_SECRET)) || "").split(".");
  return owner === account ? device : undefined;
}

function keysOf(env: ConsoleEnv, context: SignInContext, account: string, device: string | undefined): [Counted, string][] {
  if (device !== undefined) return [["device", keyed(env, `device:${account}:${device}`)]];
  const client = context.headers?.get(clientAddressHeader) ?? "";
  return [
    ["client", keyed(env, `client:${account}:${client}`)],
    ["account", keyed(env, `account:${account}`)],
  ];
}

/** @returns the seconds to wait; 0 when the attempt may be made, which is counted then. One that has to wait is not counted. */
async function countAttempt(database: Pool, key: string, free: number): Promise<number> {
  const wait = (count: string) => `CASE WHEN ${count} < $2 THEN 0 ELSE least($3, power(2, least(${count} - $2, 20))) END`;
  const counted = await database.query(
    `INSERT INTO sign_in_attempts AS a (key, count) VALUES ($1, 1)
     ON CONFLICT (key) DO UPDATE SET
       count = CASE WHEN a.last_attempt_at < now() - make_interval(secs => $4) THEN 1 ELSE a.count + 1 END, last_attempt_at = now()
     WHERE a.last_attempt_at + make_interval(secs => ${wait("a.count")}) <= now()`,
    [key, free, longestWaitSeconds, forgottenAfterSeconds],
  );
  if (counted.rowCount === 1) return 0;
  const { rows } = await database.query<{ seconds: number }>(
    `SELECT ceil(extract(epoch FROM last_attempt_at + make_interval(secs => ${wait("count")}) - now()))::int AS seconds
     FROM sign_in_attempts WHERE key = $1`,
    [key, free, longestWaitSeconds],
  );
  return Math.max(1, rows[0]?.seconds ?? 1);
}

function emailIn(body: unknown): string {
  return typeof body === "object" && body !== null && "email" in body ? String(body.email) : "";
}

function accountOf(env: ConsoleEnv, email: string): string {
  return keyed(env, `account:${email.trim().toLowerCase()}`);
}

/** Never an address: neither the table nor the cookie tells whose attempts these are. */
function keyed(env: ConsoleEnv, text: string): string {
  return createHmac("sha256", env.CONSOLE_HMAC_SECRET).update(`sign-in:${text}`).digest("hex");
}
