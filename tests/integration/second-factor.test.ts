import { countAccountRows, deleteAccount } from "@leasehold/db/control/identity/delete-account";
import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";
import { codeOfApp } from "../support/totp.ts";

let fixtures: Portal;
let { browser, member, owner, portal } = {} as Portal;
beforeAll(async () => {
  fixtures = await createPortal();
  ({ browser, member, owner, portal } = fixtures);
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

const enter = (call: ReturnType<typeof browser>, code: string) => codeOf(call((api) => api.session.confirmSignIn({ code })));

/** Somebody with a second factor, by its code of half a minute ago. */
async function withSecondFactor() {
  const person = await member("owner");
  const elsewhere = browser();
  await elsewhere((api) => api.session.signIn({ email: person.email, password }));
  expect(await codeOf(person.call((api) => api.secondFactor.begin({ password: "not the password of anybody" })))).toBe("password-wrong");
  const { secret } = await person.call((api) => api.secondFactor.begin({ password }));
  // Begun is not on.
  expect(await person.call((api) => api.secondFactor.state())).toEqual({ enabled: false, recoveryCodes: 0 });
  expect(await codeOf(person.call((api) => api.secondFactor.confirm({ code: "000000" })))).toBe("code-wrong");
  const firstCode = codeOfApp(secret, -1);
  const { recoveryCodes } = await person.call((api) => api.secondFactor.confirm({ code: firstCode }));
  expect(await codeOf(elsewhere((api) => api.session.list()))).toBe("not-signed-in");
  expect(await person.call((api) => api.secondFactor.state())).toEqual({ enabled: true, recoveryCodes: 10 });
  /** A browser of theirs that has given the password, and is asked for a code. */
  const asked = async () => {
    const call = browser();
    expect(await call((api) => api.session.signIn({ email: person.email, password }))).toEqual({ codeNeeded: true, userId: person.userId });
    expect(await codeOf(call((api) => api.session.list()))).toBe("not-signed-in");
    return call;
  };
  return { ...person, secret, firstCode, recoveryCodes, asked };
}

test("signing in takes the password and a code, each code once, of the app or one that was kept", async () => {
  const { secret, firstCode, recoveryCodes, asked, userId, slug } = await withSecondFactor();
  const [first, second] = [await asked(), await asked()];
  expect(await enter(browser(), codeOfApp(secret))).toBe("code-late");
  // The one that turned it on.
  expect(await enter(first, firstCode)).toBe("code-wrong");
  const code = codeOfApp(secret);
  expect(await enter(first, `${code.slice(0, 3)} ${code.slice(3)}`)).toBe("ok");
  expect(await codeOf(first((api) => api.workspace.get({ slug })))).toBe("ok");
  expect(await enter(second, code)).toBe("code-wrong");
  const [recovery = ""] = recoveryCodes;
  expect(await enter(second, recovery)).toBe("ok");
  expect(await second((api) => api.secondFactor.state())).toEqual({ enabled: true, recoveryCodes: 9 });
  expect(await enter(await asked(), recovery)).toBe("code-wrong");
  // Nothing of it can be read where it is kept.
  const { rows } = await owner.query("select * from identity.two_factors where user_id = $1", [userId]);
  const kept = JSON.stringify(rows);
  for (const text of [secret, ...recoveryCodes]) expect(kept).not.toContain(text);
});

test("five wrong codes end the attempt, and ten in a row every one for a quarter of an hour", async () => {
  const { secret, recoveryCodes, asked, userId } = await withSecondFactor();
  let guessed = 100_000;
  const guess = async (call: ReturnType<typeof browser>, times: number) => {
    const answers: string[] = [];
    for (let n = 0; n < times; n += 1) answers.push(await enter(call, String(guessed++)));
    return answers;
  };
  const call = await asked();
  expect(await guess(call, 6)).toEqual([...Array(5).fill("code-wrong"), "too-many-attempts"]);
  expect(await enter(call, codeOfApp(secret))).toBe("code-late");
  await guess(await asked(), 5);
  expect(await enter(await asked(), codeOfApp(secret, 1))).toBe("too-many-attempts");
  await owner.query("update identity.two_factors set locked_until = now() - interval '1 second' where user_id = $1", [userId]);
  expect(await enter(await asked(), recoveryCodes[0] ?? "")).toBe("ok");
});

test("what cannot be undone takes a code where the sign-in is not fresh; the password alone does not do", async () => {
  const { call, slug, userId, secret, recoveryCodes } = await withSecondFactor();
  const age = () => owner.query("update identity.sessions set created_at = now() - interval '6 minutes' where user_id = $1", [userId]);
  await age();
  const close = (given: { password?: string; code?: string }) =>
    codeOf(
      call((api) =>
        api.offboarding.request({ slug, confirmation: "another", withExport: false, idempotencyKey: newId("request"), ...given }),
      ),
    );
  expect(await close({})).toBe("code-needed");
  expect(await close({ password })).toBe("code-needed");
  expect(await close({ code: "000000" })).toBe("code-wrong");
  const code = codeOfApp(secret);
  const refusedByName = await close({ code });
  expect(["code-needed", "code-wrong", "ok"]).not.toContain(refusedByName);
  expect(await close({ code })).toBe("code-wrong");
  expect(await close({ code: recoveryCodes[0] ?? "" })).toBe(refusedByName);

  const off = (given: { password: string; code?: string }) => codeOf(call((api) => api.secondFactor.turnOff(given)));
  expect(await off({ password })).toBe("code-needed");
  const next = codeOfApp(secret, 1);
  const { recoveryCodes: renewed } = await call((api) => api.secondFactor.renewCodes({ password, code: next }));
  expect(renewed).not.toContain(recoveryCodes[1]);
  expect(await off({ password, code: recoveryCodes[1] ?? "" })).toBe("code-wrong");
  expect(await off({ password: "not the password of anybody", code: renewed[0] ?? "" })).toBe("password-wrong");
  expect(await off({ password, code: renewed[1] ?? "" })).toBe("ok");
  expect(await call((api) => api.secondFactor.state())).toEqual({ enabled: false, recoveryCodes: 0 });
  expect(await fixtures.rows("identity.two_factors WHERE user_id = $1", [userId])).toBe(0);
});

test("goes with the account", async () => {
  const { userId, asked } = await withSecondFactor();
  await asked();
  const before = await countAccountRows(portal.identity, userId);
  await deleteAccount(portal.identity, userId);
  expect([before > 4, await countAccountRows(portal.identity, userId)]).toEqual([true, 0]);
  expect(await fixtures.rows("identity.two_factors WHERE user_id = $1", [userId])).toBe(0);
});
