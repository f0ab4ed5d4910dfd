import { createLogger } from "@leasehold/tenancy/logger";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsoleEnv } from "../../apps/console/src/env.ts";
import { secondFactorOf } from "../../apps/console/src/server/identity/auth.ts";
import { createAuth } from "../../apps/console/src/server/identity/create-auth.ts";
import { handleIdentityRequest } from "../../apps/console/src/server/identity/handle-request.ts";
import { identityPool } from "../../apps/console/src/server/identity/options.ts";
import { seedOperator } from "../../apps/console/src/server/identity/seed-operator.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";
import { codeOfApp } from "../support/totp.ts";

const origin = "http://console.test";
const password = "operate-carefully-7";
const settings = { CONSOLE_URL: origin, CONSOLE_AUTH_SECRET: "a".repeat(40), CONSOLE_HMAC_SECRET: "b".repeat(40) } as ConsoleEnv;
const logger = createLogger({ name: "console", level: "silent" });

let world: ConsoleWorld;
let pool: Pool;
let auth: ReturnType<typeof createAuth>;
beforeAll(async () => {
  world = await startConsoleWorld();
  pool = identityPool(world.identityUrl);
  auth = createAuth(settings, pool);
});
afterAll(async () => {
  await pool.end();
  await world[Symbol.asyncDispose]();
});

let caller = 0;
function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  caller += 1;
  const own = { "x-client-address": `203.0.113.${caller % 250}`, "content-type": "application/json", origin };
  const request = new Request(`${origin}/api/auth${path}`, { method: "POST", headers: { ...own, ...headers }, body: JSON.stringify(body) });
  return handleIdentityRequest(auth, request, logger);
}

test("a second factor is asked for once it is on, each code once; until the code there is no session and no known browser", async () => {
  const email = "second@example.test";
  await seedOperator(settings, pool, { email, password });
  const cookiesOf = (response: Response) => response.headers.getSetCookie().filter((cookie) => !/Max-Age=0/i.test(cookie));
  const jar = (response: Response) => ({
    cookie: cookiesOf(response)
      .map((cookie) => cookie.split(";")[0])
      .join("; "),
  });
  const names = (response: Response) =>
    cookiesOf(response)
      .map((cookie) => cookie.split(/[.=]/)[1])
      .sort();
  const signIn = async () => post("/sign-in/email", { email, password });
  const byPassword = jar(await signIn());
  const begun = await post("/two-factor/enable", { password, method: "totp" }, byPassword);
  const { totpURI, backupCodes } = (await begun.json()) as { totpURI: string; backupCodes: string[] };
  const secret = new URL(totpURI).searchParams.get("secret") ?? "";
  const code = codeOfApp(secret, -1);
  const verify = (given: string, headers: Record<string, string>) => post("/two-factor/verify-totp", { code: given }, headers);
  const confirmed = await verify(code, byPassword);
  expect(confirmed.status).toBe(200);

  const asked = await signIn();
  expect([await asked.clone().json(), names(asked)]).toMatchObject([{ twoFactorRedirect: true }, ["two_factor"]]);
  expect((await verify(code, jar(asked))).status).toBe(401);
  expect((await post("/two-factor/verify-totp", { code: codeOfApp(secret), trustDevice: true }, jar(asked))).status).toBe(400);
  const entered = await verify(codeOfApp(secret), jar(asked));
  expect([entered.status, names(entered)]).toEqual([200, ["device", "session_token"]]);
  expect((await auth.api.getSession({ headers: new Headers(jar(entered)) }))?.user).toMatchObject({ email, twoFactorEnabled: true });
  const recovered = jar(await signIn());
  expect((await post("/two-factor/verify-backup-code", { code: backupCodes[0] }, recovered)).status).toBe(200);

  // It is changed soon after signing in with it; and whoever may run the seed command can start over.
  await pool.query("update sessions set created_at = now() - interval '6 minutes'");
  expect((await post("/two-factor/disable", { password }, jar(entered))).status).toBe(403);
  expect(await seedOperator(settings, pool, { email, password: "another-password-8" })).toBe("password-changed");
  expect((await pool.query("select from two_factors")).rowCount).toBe(0);
});

test("where it is required, nothing is served to who has none", async () => {
  const required = { CONSOLE_SECOND_FACTOR: "required" } as const;
  expect([secondFactorOf(required, false).mustEnrol, secondFactorOf(required, true).mustEnrol]).toEqual([true, false]);
  expect(secondFactorOf({ CONSOLE_SECOND_FACTOR: "optional" }, false).mustEnrol).toBe(false);
  await expect(world.unenrolled.tenants.list({ limit: 1 })).rejects.toMatchObject({ cause: { reason: "second-factor-needed" } });
  await expect(world.unenrolled.operators.list()).rejects.toMatchObject({ cause: { reason: "second-factor-needed" } });
});
