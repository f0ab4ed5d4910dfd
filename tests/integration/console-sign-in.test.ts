import { isId } from "@leasehold/domain/ids";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConsoleEnv } from "../../apps/console/src/env.ts";
import { createAuth } from "../../apps/console/src/server/identity/create-auth.ts";
import { handleIdentityRequest } from "../../apps/console/src/server/identity/handle-request.ts";
import { identityPool } from "../../apps/console/src/server/identity/options.ts";
import { seedOperator } from "../../apps/console/src/server/identity/seed-operator.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";

const origin = "http://console.test";
const password = "operate-carefully-7";
const settings = { CONSOLE_URL: origin, CONSOLE_AUTH_SECRET: "a".repeat(40), CONSOLE_HMAC_SECRET: "b".repeat(40) } as ConsoleEnv;

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
  const address = { "x-forwarded-for": `203.0.113.${caller % 250}`, "content-type": "application/json", origin };
  return handleIdentityRequest(
    auth,
    new Request(`${origin}/api/auth${path}`, { method: "POST", headers: { ...address, ...headers }, body: JSON.stringify(body) }),
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

  test("nothing is served but signing in and out, and asking who is signed in", async () => {
    await seedOperator(settings, pool, { email: "mary@example.test", password });
    const cookie = (await post("/sign-in/email", { email: "mary@example.test", password })).headers.get("set-cookie")?.split(";")[0] ?? "";
    const ask = (method: string, path: string) =>
      handleIdentityRequest(auth, new Request(`${origin}/api/auth${path}`, { method, headers: { cookie, origin } }));
    expect((await ask("GET", "/get-session")).status).toBe(200);
    const others = Object.values(auth.api).flatMap(({ path, options }) =>
      path ? [options.method].flat().map((method) => ({ method, path: path.replace(/:\w+/g, "x") })) : [],
    );
    const refused = others.filter(
      ({ method, path }) => !["POST /sign-in/email", "POST /sign-out", "GET /get-session"].includes(`${method} ${path}`),
    );
    expect(refused.length).toBeGreaterThan(15);
    for (const { method, path } of refused) expect((await ask(method, path)).status, `${method} ${path}`).toBe(404);
    expect((await post("/sign-up/email", { email: "eve@example.test", password, name: "Eve" })).status).toBe(404);
    expect((await pool.query("select from operators where email = 'eve@example.test'")).rowCount).toBe(0);
  });

  test("a wrong password and an unknown address get the same answer", async () => {
    await seedOperator(settings, pool, { email: "grace@example.test", password });
    const wrong = await post("/sign-in/email", { email: "grace@example.test", password: "not-the-password" });
    const unknown = await post("/sign-in/email", { email: "nobody@example.test", password: "not-the-password" });
    expect([wrong.status, await wrong.text()]).toEqual([unknown.status, await unknown.text()]);
  });

  test("the eleventh attempt on one account is refused wherever it comes from, with the right password too", async () => {
    const email = "limited@example.test";
    await seedOperator(settings, pool, { email, password });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await post("/sign-in/email", { email, password: "not-the-password" })).status).toBe(401);
    }
    expect((await post("/sign-in/email", { email, password })).status).toBe(429);
    const { rows } = await pool.query("select account_hash from sign_in_attempts");
    expect(JSON.stringify(rows)).not.toContain("limited");
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
