import { Writable } from "node:stream";
import { isId, newId } from "@leasehold/domain/ids";
import { createLogger } from "@leasehold/tenancy/logger";
import type { TRPCError } from "@trpc/server";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConsoleEnv } from "../../apps/console/src/env.ts";
import { createAuth } from "../../apps/console/src/server/identity/create-auth.ts";
import { handleIdentityRequest } from "../../apps/console/src/server/identity/handle-request.ts";
import { identityPool } from "../../apps/console/src/server/identity/options.ts";
import { readSession } from "../../apps/console/src/server/identity/read-session.ts";
import { seedOperator } from "../../apps/console/src/server/identity/seed-operator.ts";
import { logRefusal } from "../../apps/console/src/server/log-refusal.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";

const origin = "http://console.test";
const password = "operate-carefully-7";
const settings = { CONSOLE_URL: origin, CONSOLE_AUTH_SECRET: "a".repeat(40), CONSOLE_HMAC_SECRET: "b".repeat(40) } as ConsoleEnv;

const lines: Record<string, unknown>[] = [];
const destination = new Writable({
  write(chunk, _encoding, done) {
    lines.push(JSON.parse(String(chunk)));
    done();
  },
});
const logger = createLogger({ name: "console", level: "info", destination });

let world: ConsoleWorld;
let pool: Pool;
let auth: ReturnType<typeof createAuth>;
beforeAll(async () => {
  world = await startConsoleWorld();
  pool = identityPool(world.identityUrl);
  auth = createAuth(settings, pool);
}, 180_000);
afterAll(async () => {
  await pool.end();
  await world[Symbol.asyncDispose]();
});

let caller = 0;
function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  caller += 1;
  const address = { "x-client-address": `203.0.113.${caller % 250}`, "content-type": "application/json", origin };
  return handleIdentityRequest(
    auth,
    new Request(`${origin}/api/auth${path}`, { method: "POST", headers: { ...address, ...headers }, body: JSON.stringify(body) }),
    logger,
  );
}

describe("operators' sign-in", () => {
  test("an operator is seeded once, whatever the number of runs, under an operator's id", async () => {
    const email = "Seeded@Example.test";
    expect(await seedOperator(settings, pool, { email, password })).toBe("created");
    expect(await seedOperator(settings, pool, { email, password })).toBe("unchanged");
    expect(await seedOperator(settings, pool, { email, password: "another-password-8" })).toBe("password-changed");
    const { rows } = await pool.query("select id from operators where email = 'seeded@example.test'");
    expect(rows).toHaveLength(1);
    expect(isId("operator", rows[0].id)).toBe(true);
  });

  test("signs in with a cookie of its own name, and out again", async () => {
    await seedOperator(settings, pool, { email: "ada@example.test", password });
    const response = await post("/sign-in/email", { email: "ada@example.test", password });
    expect(response.status).toBe(200);
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^leasehold-console\.session_token=.*HttpOnly; SameSite=Lax/);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await auth.api.getSession({ headers: new Headers(headers) }))?.user.email).toBe("ada@example.test");
    expect((await post("/sign-out", {}, headers)).status).toBe(200);
    expect(await auth.api.getSession({ headers: new Headers(headers) })).toBeNull();
  });

  test("each attempt has a line: who signed in, who did not get in, and no word of what was typed", async () => {
    const email = "logged@example.test";
    await seedOperator(settings, pool, { email, password });
    const from = lines.length;
    const cookie = (await post("/sign-in/email", { email, password })).headers.get("set-cookie")?.split(";")[0] ?? "";
    await post("/sign-in/email", { email, password: "wrong-password-9" });
    await post("/sign-out", {}, { cookie });
    const [first, second, third] = lines.slice(from);
    const { rows } = await pool.query("select id from operators where email = $1", [email]);
    expect(first).toMatchObject({ msg: "request", operation: "identity.sign-in", status: 200, actor: `operator:${rows[0].id}` });
    expect(second).toMatchObject({ operation: "identity.sign-in", status: 401, actor: null });
    expect(third).toMatchObject({ operation: "identity.sign-out", status: 200 });
    for (const line of lines) expect(line).toMatchObject({ requestId: expect.stringMatching(/^req_/) });
    expect(JSON.stringify(lines)).not.toMatch(/example\.test|password/);
  });

  test("what is refused to an operator has a line, with its code", async () => {
    const from = lines.length;
    const ctx = { requestId: newId("request"), operator: { operatorId: world.operatorId } };
    const refuse = async (call: Promise<unknown>, path: string) => {
      const error = (await call.catch((thrown: unknown) => thrown)) as TRPCError;
      logRefusal(logger, { error, path, ctx });
    };
    await refuse(world.console.tenants.get({ tenantId: newId("tenant") }), "tenants.get");
    await refuse(world.anonymous.tenants.get({ tenantId: newId("tenant") }), "tenants.get");
    const line = { msg: "refused", operation: "tenants.get", requestId: ctx.requestId, actor: `operator:${world.operatorId}` };
    expect(lines.slice(from)).toEqual([
      expect.objectContaining({ ...line, code: "NOT_FOUND" }),
      expect.objectContaining({ ...line, code: "UNAUTHENTICATED" }),
    ]);
  });

  test("over TLS every cookie is of this very host, by TLS alone, and out of reach for scripts and other sites", async () => {
    const url = "https://console.test";
    const overTls = createAuth({ ...settings, CONSOLE_URL: url }, pool);
    await seedOperator(settings, pool, { email: "tls@example.test", password });
    const request = new Request(`${url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, "x-client-address": "203.0.113.251" },
      body: JSON.stringify({ email: "tls@example.test", password }),
    });
    const cookies = (await handleIdentityRequest(overTls, request, logger)).headers.getSetCookie();
    expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual([
      "__Host-leasehold-console.session_token",
      "__Host-leasehold-console.device",
    ]);
    for (const cookie of cookies) {
      for (const attribute of ["Path=/", "HttpOnly", "Secure"]) expect(cookie.split("; ")).toContain(attribute);
      expect(cookie).toMatch(/SameSite=(Lax|Strict)/i);
      expect(cookie).not.toMatch(/Domain=/i);
    }
    const headers = new Headers({ cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") });
    expect((await readSession(overTls, headers))?.user.email).toBe("tls@example.test");
  });

  test("a session is over after a day however much is done in it, ends with the next one of its browser, and there are twenty at most", async () => {
    const email = "sessions@example.test";
    await seedOperator(settings, pool, { email, password });
    const signIn = async (cookie = "") =>
      (await post("/sign-in/email", { email, password }, { cookie })).headers.get("set-cookie")?.split(";")[0] ?? "";
    const holds = async (cookie: string) => (await readSession(auth, new Headers({ cookie }))) !== null;
    const first = await signIn();
    const second = await signIn(first);
    expect([await holds(first), await holds(second)]).toEqual([false, true]);
    const age = (cookie: string, age: string) =>
      pool.query("update sessions set created_at = now() - $2::interval where token = $1", [
        decodeURIComponent(cookie.split("=")[1] ?? "").split(".")[0],
        age,
      ]);
    await age(second, "23 hours 59 minutes");
    expect(await holds(second)).toBe(true);
    await age(second, "24 hours");
    expect(await holds(second)).toBe(false);
    const { rows } = await pool.query<{ id: string }>("select id from operators where email = $1", [email]);
    await pool.query(
      `insert into sessions (id, operator_id, token, expires_at, created_at)
       select 'many-' || n, $1, 'many-' || n, now() + interval '1 hour', now() - make_interval(secs => n) from generate_series(1, 25) n`,
      [rows[0]?.id],
    );
    const newest = await signIn();
    const left = await pool.query<{ token: string }>("select token from sessions where operator_id = $1 order by created_at desc", [
      rows[0]?.id,
    ]);
    expect(left.rows).toHaveLength(20);
    expect(left.rows.at(-1)?.token).toBe("many-19");
    expect(await holds(newest)).toBe(true);
  });

  test("nothing is served but signing in and out, one's own second factor, and asking who is signed in", async () => {
    await seedOperator(settings, pool, { email: "mary@example.test", password });
    const cookie = (await post("/sign-in/email", { email: "mary@example.test", password })).headers.get("set-cookie")?.split(";")[0] ?? "";
    const ask = (method: string, path: string) =>
      handleIdentityRequest(auth, new Request(`${origin}/api/auth${path}`, { method, headers: { cookie, origin } }), logger);
    expect((await ask("GET", "/get-session")).status).toBe(200);
    const others = Object.values(auth.api).flatMap(({ path, options }) =>
      path ? [options.method].flat().map((method) => ({ method, path: path.replace(/:\w+/g, "x") })) : [],
    );
    const ownFactor = ["enable", "disable", "verify-totp", "verify-backup-code", "generate-backup-codes"];
    const served = ["POST /sign-in/email", "POST /sign-out", "GET /get-session", ...ownFactor.map((each) => `POST /two-factor/${each}`)];
    const refused = others.filter(({ method, path }) => !served.includes(`${method} ${path}`));
    expect(refused.length).toBeGreaterThan(15);
    for (const { method, path } of refused) expect((await ask(method, path)).status, `${method} ${path}`).toBe(404);
    expect((await post("/sign-up/email", { email: "eve@example.test", password, name: "Eve" })).status).toBe(404);
    expect((await pool.query("select from operators where email = 'eve@example.test'")).rowCount).toBe(0);
  });

  test("whoever was deactivated is told so once the password is right, and gets no session; a wrong password tells nothing", async () => {
    const email = "gone@example.test";
    await seedOperator(settings, pool, { email, password });
    const closed = createAuth(settings, pool, async () => false);
    const attempt = (given: string) =>
      handleIdentityRequest(
        closed,
        new Request(`${origin}/api/auth/sign-in/email`, {
          method: "POST",
          headers: { "content-type": "application/json", origin, "x-client-address": "203.0.113.252" },
          body: JSON.stringify({ email, password: given }),
        }),
        logger,
      );
    const refused = await attempt(password);
    expect([refused.status, refused.headers.get("set-cookie")?.includes("session_token=") ?? false]).toEqual([403, false]);
    expect(await refused.json()).toMatchObject({ code: "OPERATOR_DEACTIVATED", message: expect.stringContaining("deactivated") });
    expect((await attempt("not-the-password")).status).toBe(401);
    const sessions = await pool.query("select from sessions s join operators o on o.id = s.operator_id where o.email = $1", [email]);
    expect(sessions.rowCount).toBe(0);
  });

  test("a wrong password and an unknown address get the same answer", async () => {
    await seedOperator(settings, pool, { email: "grace@example.test", password });
    const wrong = await post("/sign-in/email", { email: "grace@example.test", password: "not-the-password" });
    const unknown = await post("/sign-in/email", { email: "nobody@example.test", password: "not-the-password" });
    expect([wrong.status, await wrong.text()]).toEqual([unknown.status, await unknown.text()]);
  });

  const attempt = async (email: string, given: string, from: string, cookie?: string) =>
    post("/sign-in/email", { email, password: given }, { "x-client-address": from, ...(cookie ? { cookie } : {}) });
  const waitedLongEnough = () => pool.query("update sign_in_attempts set last_attempt_at = last_attempt_at - interval '16 minutes'");
  const cookiesOf = (response: Response) => response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);

  test("guessing one account from one address is slowed down more and more; from another address the right password signs in", async () => {
    const email = "limited@example.test";
    await seedOperator(settings, pool, { email, password });
    for (let count = 0; count < 5; count += 1) expect((await attempt(email, "not-the-password", "198.51.100.1")).status).toBe(401);
    const refused = await attempt(email, password, "198.51.100.1");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await attempt(email, password, "198.51.100.2")).status).toBe(200);
    await pool.query("update sign_in_attempts set count = 12 where count = 5");
    expect(Number((await attempt(email, password, "198.51.100.1")).headers.get("retry-after"))).toBeGreaterThan(100);
    await waitedLongEnough();
    expect((await attempt(email, password, "198.51.100.1")).status).toBe(200);
    expect(JSON.stringify((await pool.query("select * from sign_in_attempts")).rows)).not.toContain("limited");
  });

  test("strangers' attempts from everywhere slow strangers down, never the browser in which the operator signed in before", async () => {
    const email = "besieged@example.test";
    await seedOperator(settings, pool, { email, password });
    const signedIn = await attempt(email, password, "198.51.100.10");
    const device = cookiesOf(signedIn).find((cookie) => cookie?.startsWith("leasehold-console.device=")) ?? "";
    expect(device).not.toContain("besieged");
    await attempt(email, "not-the-password", "198.51.100.11");
    await pool.query("update sign_in_attempts set count = 120, last_attempt_at = now() where count = 2");
    expect((await attempt(email, password, "198.51.100.12")).status).toBe(429);
    expect((await attempt(email, password, "198.51.100.12", device)).status).toBe(200);
    expect((await attempt(email, password, "198.51.100.13", `${device.slice(0, -6)}AAAAAA`)).status).toBe(429);
    const other = "besieged-too@example.test";
    await seedOperator(settings, pool, { email: other, password });
    for (let count = 0; count < 5; count += 1) await attempt(other, "not-the-password", "198.51.100.14", device);
    expect((await attempt(other, password, "198.51.100.14", device)).status).toBe(429);
  });

  test("a session that was revoked no longer counts, and asking does not prolong one that holds", async () => {
    const email = "revoked@example.test";
    await seedOperator(settings, pool, { email, password });
    const headers = new Headers({ cookie: cookiesOf(await attempt(email, password, "198.51.100.20")).join("; ") });
    const ask = () => auth.api.getSession({ headers, query: { disableRefresh: true, disableCookieCache: true } });
    await pool.query(
      "update sessions set expires_at = now() + interval '1 hour' where operator_id = (select id from operators where email = $1)",
      [email],
    );
    const before = (await pool.query("select expires_at from sessions order by expires_at limit 1")).rows;
    expect(await ask()).not.toBeNull();
    expect((await pool.query("select expires_at from sessions order by expires_at limit 1")).rows).toEqual(before);
    await pool.query("delete from sessions where operator_id = (select id from operators where email = $1)", [email]);
    expect(await ask()).toBeNull();
  });

  test("another site cannot sign an operator in", async () => {
    await seedOperator(settings, pool, { email: "lin@example.test", password });
    const response = await post("/sign-in/email", { email: "lin@example.test", password }, { origin: "http://evil.test", cookie: "any=1" });
    expect(response.status).toBe(403);
  });

  test("the operators' identities are out of reach of every other role of the control database", async () => {
    for (const other of [world.operator, world.worker, world.portal]) {
      await expect(other.query("select from console_identity.operators")).rejects.toMatchObject({ code: "42501" });
    }
    await expect(pool.query("select from control.tenants")).rejects.toMatchObject({ code: "42501" });
  });
});
