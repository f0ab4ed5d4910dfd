import { describeConfirmation } from "@leasehold/portal/server/onboarding/confirm-sign-up";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";

let fixtures: Portal;
let { world, portal, browser, form, tokenOf, rows, member } = {} as Portal;

beforeAll(async () => {
  fixtures = await createPortal();
  ({ world, portal, browser, form, tokenOf, rows, member } = fixtures);
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

const theirs = "a stranger typed all of this";
const own = "the reader chose nine otters";

/** A sign-up in a stranger's browser for an address that somebody else reads. */
async function strangersSignUp(email: string) {
  const stranger = browser();
  const { signUpId } = await stranger((call) => call.signUp.request(form({ email, password: theirs })));
  return { stranger, signUpId, token: tokenOf(signUpId) };
}

const signIn = (email: string, word: string) => codeOf(browser()((call) => call.session.signIn({ email, password: word })));
const describeLink = (token: string, capability?: string) => describeConfirmation(portal, { token, capability });

describe("a link that is opened in another browser", () => {
  test("asks for a password, which becomes the account's; the one typed at sign-up opens nothing", async () => {
    const email = `reader@${world.id}.example`;
    const { token } = await strangersSignUp(email);
    expect(await describeLink(token)).toEqual({ automatic: false, asksPassword: true });
    const reader = browser();
    expect(await codeOf(reader((call) => call.signUp.confirm({ token })))).toBe("password-missing");
    expect(await codeOf(reader((call) => call.signUp.confirm({ token, password: "short" })))).toBe("password-short");
    expect(await rows("identity.users WHERE email = $1", [email])).toBe(0);
    await reader((call) => call.signUp.confirm({ token, password: own }));
    expect((await reader((call) => call.session.current()))?.email).toBe(email);
    expect(await signIn(email, theirs)).toBe("credentials-wrong");
    expect(await signIn(email, own)).toBe("ok");
  });

  test("is not confirmed by the capability of another sign-up", async () => {
    const email = `tricked@${world.id}.example`;
    const { token } = await strangersSignUp(email);
    const reader = browser();
    await reader((call) => call.signUp.request(form()));
    expect(await codeOf(reader((call) => call.signUp.confirm({ token })))).toBe("password-missing");
    expect(await reader((call) => call.session.current())).toBeNull();
  });

  test("asks whoever has an account for a confirmation alone, keeps their password and signs nobody in", async () => {
    const { email } = await member("owner");
    const { token, signUpId } = await strangersSignUp(email);
    expect(await describeLink(token)).toEqual({ automatic: false, asksPassword: false });
    const reader = browser();
    await reader((call) => call.signUp.confirm({ token, password: own }));
    expect(await reader((call) => call.session.current())).toBeNull();
    expect(await rows("control.sign_ups WHERE sign_up_id = $1 AND state = 'VERIFIED'", [signUpId])).toBe(1);
    expect([await signIn(email, theirs), await signIn(email, own)]).toEqual(["credentials-wrong", "credentials-wrong"]);
    expect(await signIn(email, password)).toBe("ok");
  });

  test("opened again, signs nobody in", async () => {
    const { token } = await strangersSignUp(`again@${world.id}.example`);
    await browser()((call) => call.signUp.confirm({ token, password: own }));
    const later = browser();
    expect((await later((call) => call.signUp.confirm({ token, password: own }))).account).toBe("repeated");
    expect(await later((call) => call.session.current())).toBeNull();
  });
});

test("the browser that signed up confirms by itself, with the password typed there", async () => {
  const email = `whole@${world.id}.example`;
  const { stranger, token } = await strangersSignUp(email);
  await stranger((call) => call.signUp.confirm({ token, password: own }));
  expect((await stranger((call) => call.session.current()))?.email).toBe(email);
  expect([await signIn(email, own), await signIn(email, theirs)]).toEqual(["credentials-wrong", "ok"]);
});

test("a link that was made up asks for nothing", async () => {
  expect(await describeLink("sup_x.y")).toEqual({ automatic: false, asksPassword: false });
});
