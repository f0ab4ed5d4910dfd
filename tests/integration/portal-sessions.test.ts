import { listSessionEnds } from "@leasehold/db/control/sessions/list-session-ends";
import { requestSessionEnd } from "@leasehold/db/control/sessions/request-session-end";
import { newId } from "@leasehold/domain/ids";
import { clearCapability, createContext, readCapability, readSession, setCapability } from "@leasehold/portal/server/context";
import { createAuth } from "@leasehold/portal/server/identity/auth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operators } from "../support/operators.ts";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";

let fixtures: Portal;
let { portal, owner, browser, rows, member } = {} as Portal;

beforeAll(async () => {
  fixtures = await createPortal();
  ({ portal, owner, browser, rows, member } = fixtures);
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

test("a session is over after thirty days however much is done in it, ends with the next one of its browser, and there are twenty at most", async () => {
  const { email, userId } = await member("owner");
  const call = browser();
  const signIn = (caller = call) => caller((api) => api.session.signIn({ email, password }));
  const holds = async (cookie: string) => (await readSession(portal, new Headers({ cookie }))) !== undefined;
  await signIn();
  const first = call.cookie();
  await signIn();
  const second = call.cookie();
  expect([await holds(first), await holds(second)]).toEqual([false, true]);
  const age = (days: string) =>
    owner.query(
      "update identity.sessions set created_at = now() - $2::interval, expires_at = now() + interval '1 day' where user_id = $1",
      [userId, days],
    );
  await age("29 days 23 hours");
  expect(await holds(second)).toBe(true);
  await age("30 days");
  expect(await holds(second)).toBe(false);
  await owner.query(
    `insert into identity.sessions (id, user_id, token, expires_at, created_at)
     select $1 || n, $1, $1 || n, now() + interval '1 hour', now() - make_interval(secs => n) from generate_series(1, 25) n`,
    [userId],
  );
  await signIn(browser());
  expect(await rows("identity.sessions WHERE user_id = $1", [userId])).toBe(20);
});

test("over TLS every cookie is of this very host, by TLS alone, and out of reach for scripts and other sites", async () => {
  const { userId } = await member("owner");
  const env = { ...portal.env, PORTAL_URL: "https://portal.test" };
  const auth = createAuth(env, portal.identity, portal.control);
  const { headers } = await auth.api.startSession({ body: { userId }, headers: new Headers(), returnHeaders: true });
  const ctx = createContext({ ...portal, env, auth }, new Headers());
  setCapability(ctx, "c");
  clearCapability(ctx);
  const cookies = [...headers.getSetCookie(), ...ctx.resHeaders.getSetCookie()];
  expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual([
    "__Host-leasehold.session_token",
    "__Host-leasehold.sign_up",
    "__Host-leasehold.sign_up",
  ]);
  for (const cookie of cookies) {
    for (const attribute of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]) expect(cookie.split("; ")).toContain(attribute);
    expect(cookie).not.toMatch(/Domain=/i);
  }
  const cookie = cookies.slice(0, 2).map((each) => each.split(";")[0]);
  expect((await readSession({ ...portal, env, auth }, new Headers({ cookie: cookie.join("; ") })))?.userId).toBe(userId);
  // Without the prefix it may be anybody's of the same domain.
  const bare = cookie.map((each) => each?.replace("__Host-", "")).join("; ");
  expect(await readSession({ ...portal, env, auth }, new Headers({ cookie: bare }))).toBeUndefined();
  expect(readCapability({ ...portal, env, auth }, new Headers({ cookie: bare }))).toBeUndefined();
});

test("the password is changed with the present one, which ends every other session", async () => {
  const { email } = await member("owner");
  const [here, elsewhere] = [browser(), browser()];
  for (const each of [here, elsewhere]) await each((api) => api.session.signIn({ email, password }));
  const next = "another quiet word of length";
  const change = (currentPassword: string) => codeOf(here((api) => api.session.changePassword({ currentPassword, password: next })));
  expect(await change("not the password of anybody")).toBe("password-wrong");
  expect(await codeOf(elsewhere((api) => api.session.list()))).toBe("ok");
  expect(await change(password)).toBe("ok");
  expect(await codeOf(elsewhere((api) => api.session.list()))).toBe("not-signed-in");
  expect(await codeOf(here((api) => api.session.list()))).toBe("ok");
  expect(await codeOf(browser()((api) => api.session.signIn({ email, password })))).toBe("credentials-wrong");
  expect(await codeOf(browser()((api) => api.session.signIn({ email, password: next })))).toBe("ok");
});

test("another session is ended by somebody who has just signed in, or gives the password again", async () => {
  const { email, userId } = await member("owner");
  const here = browser();
  for (const each of [browser(), browser(), here]) await each((api) => api.session.signIn({ email, password }));
  const others = async () => (await here((api) => api.session.list())).filter(({ current }) => !current).map(({ id }) => id);
  const [first = "", second = ""] = await others();
  const end = (id: string, given?: string) => codeOf(here((api) => api.session.revoke({ id, ...(given ? { password: given } : {}) })));
  expect(await end(first)).toBe("ok");
  await owner.query("update identity.sessions set created_at = now() - interval '6 minutes' where user_id = $1", [userId]);
  expect(await end(second)).toBe("sign-in-not-fresh");
  expect(await end(second, "not the password of anybody")).toBe("password-wrong");
  expect(await others()).toContain(second);
  expect(await end(second, password)).toBe("ok");
  expect(await others()).not.toContain(second);
});

test("all others are ended at once, and an operator ends every one, with a reason that the workspace is not told", async () => {
  const { email, userId, tenantId, call: first } = await member("owner");
  const [here, elsewhere] = [browser(), browser()];
  for (const each of [here, elsewhere]) await each((api) => api.session.signIn({ email, password }));
  const signedIn = (call: typeof here) => codeOf(call((api) => api.session.list()));
  expect(await codeOf(here((api) => api.session.revokeOthers({})))).toBe("ok");
  expect(await Promise.all([first, here, elsewhere].map(signedIn))).toEqual(["not-signed-in", "ok", "not-signed-in"]);
  await elsewhere((api) => api.session.signIn({ email, password }));

  const operator = fixtures.world.pool("control", "operator");
  const ctx = { tenantId, actor: { type: "operator", operatorId: operators.sid }, requestId: newId("request") } as const;
  const end = (id: string) => requestSessionEnd(operator, ctx, { userId: id, reason: "The laptop was stolen" });
  const stranger = await member("owner");
  await expect(end(stranger.userId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await end(userId)).toBe("requested");
  await expect.poll(async () => (await listSessionEnds(operator, tenantId)).ends[0]?.sessions).toBe(2);
  expect(await Promise.all([here, elsewhere, stranger.call].map(signedIn))).toEqual(["not-signed-in", "not-signed-in", "ok"]);
  expect(await listSessionEnds(operator, tenantId)).toMatchObject({
    people: [{ userId, ending: false }],
    ends: [{ requestedBy: `operator:${operators.sid}`, reason: "The laptop was stolen" }],
  });
  const { rows: kept } = await owner.query("select user_id from control.session_ends where tenant_id = $1", [tenantId]);
  const { rows: told } = await owner.query("select target, details from control.audit where tenant_id = $1 and action = $2", [
    tenantId,
    "sessions.end-requested",
  ]);
  expect([kept, told]).toEqual([[{ user_id: null }], [{ target: userId, details: {} }]]);
});
