import { savePendingSignUp } from "@leasehold/db/control/identity/save-pending-sign-up";
import { createContext } from "@leasehold/portal/server/context";
import type { FieldErrors } from "@leasehold/portal/server/field-errors";
import { verificationSecret } from "@leasehold/portal/server/onboarding/sign-up";
import { createCaller } from "@leasehold/portal/server/routers/root";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";

let fixtures: Portal;
let { world, portal, owner, browser, form, tokenOf, rows, member } = {} as Portal;

beforeAll(async () => {
  fixtures = await createPortal();
  ({ world, portal, owner, browser, form, tokenOf, rows, member } = fixtures);
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

describe("sign-up", () => {
  test("asked for twenty times at once gives one, with one mail and one reservation", async () => {
    const input = form();
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser()((call) => call.signUp.request(input))));
    expect(new Set(answers.map(({ signUpId }) => signUpId)).size).toBe(1);
    expect(await rows("control.sign_ups WHERE slug = $1", [input.slug])).toBe(1);
    expect(await rows("control.mail_outbox WHERE dedupe_key LIKE $1", [`verify-email:${answers[0]?.signUpId}%`])).toBe(1);
    expect(await rows("identity.pending_sign_ups WHERE sign_up_id = $1", [answers[0]?.signUpId])).toBe(1);
  });

  test("confirmed twenty times at once gives one tenant, one operation and one command", async () => {
    const call = browser();
    const input = form();
    const { signUpId } = await call((portal) => portal.signUp.request(input));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser()((other) => other.signUp.confirm({ token: tokenOf(signUpId), password }))),
    );
    expect(new Set(answers.map(({ slug }) => slug))).toEqual(new Set([input.slug]));
    expect(await rows("control.tenants WHERE slug = $1", [input.slug])).toBe(1);
    expect(await rows("control.commands WHERE idempotency_key = $1", [`onboard:${signUpId}`])).toBe(1);
    expect(await rows("identity.users WHERE email = $1", [input.email])).toBe(1);
  });

  test("refuses another body under the same key", async () => {
    const input = form();
    await browser()((call) => call.signUp.request(input));
    expect(await codeOf(browser()((call) => call.signUp.request({ ...input, email: `other-${input.email}` })))).toBe(
      "idempotency-key-reused",
    );
    expect(await codeOf(browser()((call) => call.signUp.request({ ...input, password: `${password} twice` })))).toBe(
      "idempotency-key-reused",
    );
  });

  test("refuses a taken address at its field and writes nothing", async () => {
    const input = form();
    await browser()((call) => call.signUp.request(input));
    const before = await rows("control.sign_ups");
    const again = browser()((call) => call.signUp.request({ ...form(), slug: input.slug }));
    await expect(again).rejects.toMatchObject({ cause: { code: "CONFLICT", field: "slug", reason: "slug-taken" } });
    expect(await rows("control.sign_ups")).toBe(before);
  });

  test("gives an address back once its reservation has ended, and its link opens nothing then", async () => {
    const input = form();
    const { signUpId } = await browser()((call) => call.signUp.request(input));
    await owner.query("UPDATE control.slugs SET reserved_until = now() - interval '1 minute' WHERE slug = $1", [input.slug]);
    await owner.query("UPDATE control.sign_ups SET expires_at = now() - interval '1 minute' WHERE sign_up_id = $1", [signUpId]);
    await owner.query("UPDATE identity.pending_sign_ups SET expires_at = now() - interval '1 minute' WHERE sign_up_id = $1", [signUpId]);
    await browser()((call) => call.signUp.request({ ...form(), slug: input.slug }));
    expect(await codeOf(browser()((call) => call.signUp.confirm({ token: tokenOf(signUpId) })))).toBe("sign-up-expired");
    expect(await rows("identity.users WHERE email = $1", [input.email])).toBe(0);
  });

  test("answers the same for an address that has an account", async () => {
    const known = await member("owner");
    const answer = await browser()((call) => call.signUp.request(form({ email: known.email })));
    const other = await browser()((call) => call.signUp.request(form()));
    expect(Object.keys(answer).sort()).toEqual(Object.keys(other).sort());
  });

  test("with one address twice, the password of the opened link counts, and the other's sign-up gives no access", async () => {
    const email = `wanted@${world.id}.example`;
    const own = browser();
    const attacker = await browser()((call) => call.signUp.request(form({ email, password: "the attacker chose these words" })));
    const victim = await own((call) => call.signUp.request(form({ email, password: "the victim chose other words" })));
    await own((call) => call.signUp.confirm({ token: tokenOf(victim.signUpId) }));
    const signIn = (word: string) => codeOf(browser()((call) => call.session.signIn({ email, password: word })));
    expect(await signIn("the attacker chose these words")).toBe("credentials-wrong");
    expect(await signIn("the victim chose other words")).toBe("ok");
    await browser()((call) => call.signUp.confirm({ token: tokenOf(attacker.signUpId) }));
    expect(await signIn("the attacker chose these words")).toBe("credentials-wrong");
  });

  test("refuses a token that was made up", async () => {
    const { signUpId } = await browser()((call) => call.signUp.request(form()));
    for (const token of [`${signUpId}.x`, "x", "", `${signUpId}.${"a".repeat(43)}`])
      expect(await codeOf(browser()((call) => call.signUp.confirm({ token })))).toBe("sign-up-expired");
  });

  test("waits for approval where the plan asks for it, without a command", async () => {
    const call = browser();
    const { signUpId } = await call((portal) => portal.signUp.request(form({ plan: "enterprise" })));
    await call((portal) => portal.signUp.confirm({ token: tokenOf(signUpId) }));
    expect(await rows("control.commands WHERE idempotency_key = $1", [`onboard:${signUpId}`])).toBe(0);
    const current = await call((portal) => portal.onboarding.current({}));
    expect(current.progress?.state).toBe("AWAITING_APPROVAL");
    const mails = await owner.query(
      `SELECT template, next_attempt_at = 'infinity' AS held FROM control.mail_outbox
       WHERE tenant_id = (SELECT tenant_id FROM control.sign_ups WHERE sign_up_id = $1) ORDER BY template`,
      [signUpId],
    );
    expect(mails.rows).toEqual([
      { template: "onboarding-failed", held: true },
      { template: "sign-up-awaiting-approval", held: false },
      { template: "sign-up-declined", held: true },
      { template: "workspace-ready", held: true },
    ]);
  });

  test("is finished by signing in when a crash came between account and tenant", async () => {
    const input = form();
    const { signUpId } = await browser()((call) => call.signUp.request(input));
    const { claimPendingSignUp } = await import("@leasehold/db/control/identity/claim-pending-sign-up");
    const { sha256 } = await import("@leasehold/portal/server/hmac");
    await claimPendingSignUp(portal.identity, signUpId, sha256(verificationSecret(portal, signUpId)), "typed-at-sign-up");
    expect(await rows("control.tenants WHERE slug = $1", [input.slug])).toBe(0);
    await browser()((call) => call.session.signIn({ email: input.email, password }));
    expect(
      await rows(
        "control.mail_outbox WHERE template = 'workspace-ready' AND tenant_id = (SELECT tenant_id FROM control.tenants WHERE slug = $1)",
        [input.slug],
      ),
    ).toBe(1);
    expect(await rows("control.tenants WHERE slug = $1", [input.slug])).toBe(1);
  });

  test("keeps progress from a browser without the capability", async () => {
    const call = browser();
    await call((portal) => portal.signUp.request(form()));
    expect((await call((portal) => portal.onboarding.current({}))).verified).toBe(false);
    expect(await codeOf(browser()((other) => other.onboarding.current({})))).toBe("onboarding-unknown");
  });

  test("streams its progress by number, and goes on after the last one that was seen", async () => {
    const call = browser();
    const input = form({ plan: "enterprise" });
    const { signUpId } = await call((portal) => portal.signUp.request(input));
    await call((portal) => portal.signUp.confirm({ token: tokenOf(signUpId) }));
    const set = (state: string) =>
      owner.query("UPDATE control.operations SET state = $1 WHERE tenant_id = (SELECT tenant_id FROM control.tenants WHERE slug = $2)", [
        state,
        input.slug,
      ]);
    const read = async (lastEventId: string | undefined, count: number) => {
      const seen: unknown[] = [];
      for await (const event of await call((portal) => portal.onboarding.events({ lastEventId }))) {
        const [id, { state }] = event as unknown as [string, { state: string }];
        if (seen.push(`${id} ${state}`) === count) break;
      }
      return seen;
    };
    const live = read(undefined, 2);
    await set("REQUESTED");
    await set("RUNNING");
    expect(await live).toEqual(["1 REQUESTED", "2 RUNNING"]);
    await set("NEEDS_ATTENTION");
    expect(await read("2", 1)).toEqual(["3 NEEDS_ATTENTION"]);
  });

  test("says of a step when it began and ended, not when its events had their turn", async () => {
    const call = browser();
    const input = form({ plan: "enterprise" });
    const { signUpId } = await call((portal) => portal.signUp.request(input));
    await call((portal) => portal.signUp.confirm({ token: tokenOf(signUpId) }));
    const [stepStartedAt, stepFinishedAt] = [new Date("2026-01-01T10:00:00.100Z"), new Date("2026-01-01T10:00:00.145Z")];
    await owner.query(
      `INSERT INTO control.operation_steps (tenant_id, operation_id, step, position, stage)
       SELECT tenant_id, operation_id, 'create-keys', 0, 0 FROM control.operations JOIN control.tenants USING (tenant_id) WHERE slug = $1`,
      [input.slug],
    );
    await owner.query(
      `UPDATE control.operation_steps SET state = 'RUNNING', attempt = 1, started_at = $2
       WHERE step = 'create-keys' AND tenant_id = (SELECT tenant_id FROM control.tenants WHERE slug = $1)`,
      [input.slug, stepStartedAt],
    );
    await owner.query(
      `UPDATE control.operation_steps SET state = 'SUCCEEDED', finished_at = $2
       WHERE step = 'create-keys' AND tenant_id = (SELECT tenant_id FROM control.tenants WHERE slug = $1)`,
      [input.slug, stepFinishedAt],
    );
    for await (const event of await call((portal) => portal.onboarding.events({}))) {
      const [, said] = event as unknown as [string, { kind: string }];
      expect(said).toMatchObject({ kind: "step", step: "create-keys", state: "RUNNING", stepStartedAt, stepFinishedAt });
      break;
    }
  });

  test("does not keep two pending sign-ups for one id", async () => {
    const { signUpId } = await browser()((call) => call.signUp.request(form()));
    const pending = { signUpId, tenantId: "tnt_x", email: "x@y.example", passwordHash: "h", verificationHash: "v", expiresAt: new Date() };
    await savePendingSignUp(portal.identity, pending);
    expect(await rows("identity.pending_sign_ups WHERE sign_up_id = $1 AND email = 'x@y.example'", [signUpId])).toBe(0);
  });
});

describe("passwords", () => {
  test.each([
    ["short words", "password-short"],
    ["passwordpassword", "password-breached"],
    ["aaaaaaaaaaaaaaaa", "password-breached"],
    ["leasehold-leasehold", "password-context"],
    ["Harbour-Lights-2026", "password-context"],
  ])("refuses %j", async (word, reason) => {
    const input = { ...form({ password: word }), organizationName: "Harbour Lights" };
    await expect(browser()((call) => call.signUp.request(input))).rejects.toMatchObject({ cause: { field: "password", reason } });
  });
});

test("a password is any characters, up to 128, taken as it is and whole", async () => {
  const word = `  Ünïcode ☃ and "quotes" 😀 ${"long ".repeat(30)}`.slice(0, 127).padEnd(128, "x");
  const input = form({ password: word });
  const call = browser();
  const { signUpId } = await call((api) => api.signUp.request(input));
  await call((api) => api.signUp.confirm({ token: tokenOf(signUpId) }));
  const signIn = (given: string) => codeOf(browser()((api) => api.session.signIn({ email: input.email, password: given })));
  expect(await signIn(word)).toBe("ok");
  for (const other of [word.slice(0, -1), word.trim(), word.toLowerCase(), `${word}x`])
    expect(await signIn(other)).toBe("credentials-wrong");
  const longer = form({ password: `${word}yyyy` });
  expect(await codeOf(browser()((api) => api.signUp.request(longer)))).not.toBe("ok");
});

test("too many wrong passwords stop the address that they come from, and not the person elsewhere", async () => {
  const { email } = await member("owner");
  const strict = { ...portal, env: { ...portal.env, PORTAL_ATTEMPT_FACTOR: 0.2 } };
  const from = (address: string, word: string) =>
    codeOf(createCaller(createContext(strict, new Headers({ "x-client-address": address }))).session.signIn({ email, password: word }));
  const guess = "none of these words is it";
  expect([await from("192.0.2.1", guess), await from("192.0.2.1", guess)]).toEqual(["credentials-wrong", "credentials-wrong"]);
  expect(await from("192.0.2.1", password)).toBe("too-many-attempts");
  expect(await from("198.51.100.7", password)).toBe("ok");
});

test("a form says everything that is wrong with it at once", async () => {
  const taken = form();
  await browser()((call) => call.signUp.request(taken));
  const wrong = { ...form(), organizationName: "x", slug: taken.slug, email: "nobody", password: "short" };
  const error = await browser()((call) => call.signUp.request(wrong)).catch((thrown: unknown) => thrown);
  const { problems } = (error as { cause: FieldErrors }).cause;
  expect(problems.map(({ field, reason }) => `${field}: ${reason}`)).toEqual([
    "organizationName: invalid",
    "slug: slug-taken",
    "email: invalid",
    "password: password-short",
  ]);
});

test("a reset answers the same for known and unknown addresses, and only the known one gets a mail", async () => {
  const { email } = await member("owner");
  const before = await rows("control.mail_outbox WHERE template = 'reset-password'");
  const ask = (address: string) => browser()((call) => call.session.requestReset({ email: address }));
  expect(await ask(email)).toEqual(await ask(`unknown-${email}`));
  await expect.poll(() => rows("control.mail_outbox WHERE template = 'reset-password'")).toBe(before + 1);
});
