import { savePendingSignUp } from "@leasehold/db/control/identity/save-pending-sign-up";
import type { TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { readEnv } from "@leasehold/portal/env";
import { createContext } from "@leasehold/portal/server/context";
import { verificationSecret } from "@leasehold/portal/server/onboarding/sign-up";
import { createCaller } from "@leasehold/portal/server/routers/root";
import { closeServices, createServices, type Services } from "@leasehold/portal/server/services";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let portal: Services;
let owner: Client;
const password = "seven quiet otters cross";
let count = 0;

beforeAll(async () => {
  world = await createWorld();
  portal = createServices(readEnv({ ...stackEnv(world.stack, "portal"), PORTAL_ATTEMPT_FACTOR: "1000", LOG_LEVEL: "silent" }));
  owner = new Client({ connectionString: world.ownerUrl("control") });
  await owner.connect();
}, 180_000);

afterAll(async () => {
  await owner?.end();
  if (portal) await closeServices(portal);
  await world?.[Symbol.asyncDispose]();
});

/** A browser: keeps cookies over its calls. */
function browser() {
  const cookies = new Map<string, string>();
  return async <T>(run: (call: ReturnType<typeof createCaller>) => Promise<T>): Promise<T> => {
    const headers = new Headers({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") });
    const ctx = createContext(portal, headers);
    try {
      return await run(createCaller(ctx));
    } finally {
      for (const cookie of ctx.resHeaders.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
    }
  };
}

function form(overrides: Partial<{ slug: string; email: string; password: string; plan: "starter" | "enterprise"; key: string }> = {}) {
  count += 1;
  return {
    organizationName: `Harbour ${count}`,
    slug: overrides.slug ?? `harbour-${world.id}-${count}`.replace(/-(\d)/g, "-n$1"),
    email: overrides.email ?? `person${count}@${world.id}.example`,
    password: overrides.password ?? password,
    plan: overrides.plan ?? ("starter" as const),
    idempotencyKey: overrides.key ?? crypto.randomUUID(),
  };
}

const tokenOf = (signUpId: string) => `${signUpId}.${verificationSecret(portal, signUpId)}`;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { cause?: { code?: string; reason?: string } }) => error.cause?.reason ?? error.cause?.code ?? String(error),
  );
const rows = async (text: string, values: unknown[] = []) =>
  Number((await owner.query(`SELECT count(*) AS n FROM ${text}`, values)).rows[0].n);

/** A person in an open workspace, as onboarding leaves it. */
async function member(role: Role, tenant?: { tenantId: TenantId; slug: string }) {
  const call = browser();
  const input = form();
  const { signUpId } = await call((portal) => portal.signUp.request(input));
  await call((portal) => portal.signUp.confirm({ token: tokenOf(signUpId) }));
  const { rows: found } = await owner.query("SELECT tenant_id, user_id FROM control.sign_ups WHERE sign_up_id = $1", [signUpId]);
  const own = { tenantId: found[0].tenant_id as TenantId, slug: input.slug };
  const at = tenant ?? own;
  await owner.query("INSERT INTO control.members (tenant_id, user_id, role) VALUES ($1, $2, $3)", [at.tenantId, found[0].user_id, role]);
  return { call, email: input.email, userId: found[0].user_id as string, tenantId: at.tenantId, slug: at.slug };
}

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
      Array.from({ length: 20 }, () => browser()((other) => other.signUp.confirm({ token: tokenOf(signUpId) }))),
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
    const attacker = await browser()((call) => call.signUp.request(form({ email, password: "the attacker chose these words" })));
    const victim = await browser()((call) => call.signUp.request(form({ email, password: "the victim chose other words" })));
    await browser()((call) => call.signUp.confirm({ token: tokenOf(victim.signUpId) }));
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
  });

  test("is finished by signing in when a crash came between account and tenant", async () => {
    const input = form();
    const { signUpId } = await browser()((call) => call.signUp.request(input));
    const { claimPendingSignUp } = await import("@leasehold/db/control/identity/claim-pending-sign-up");
    const { sha256 } = await import("@leasehold/portal/server/hmac");
    await claimPendingSignUp(portal.identity, signUpId, sha256(verificationSecret(portal, signUpId)));
    expect(await rows("control.tenants WHERE slug = $1", [input.slug])).toBe(0);
    await browser()((call) => call.session.signIn({ email: input.email, password }));
    expect(await rows("control.tenants WHERE slug = $1", [input.slug])).toBe(1);
  });

  test("keeps progress from a browser without the capability", async () => {
    const call = browser();
    await call((portal) => portal.signUp.request(form()));
    expect((await call((portal) => portal.onboarding.current({}))).verified).toBe(false);
    expect(await codeOf(browser()((other) => other.onboarding.current({})))).toBe("onboarding-unknown");
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

describe("another's workspace", () => {
  test("and an unknown one are the same answer, for every procedure that takes one", async () => {
    const [inside, outside] = [await member("owner"), await member("owner")];
    for (const slug of [inside.slug, "no-such-place"]) {
      const input = { slug };
      expect(await codeOf(outside.call((portal) => portal.workspace.get(input)))).toBe("tenant-unknown");
      expect(await codeOf(outside.call((portal) => portal.members.list(input)))).toBe("tenant-unknown");
      expect(await codeOf(outside.call((portal) => portal.workspace.rename({ slug, name: "Mine now" })))).toBe("tenant-unknown");
      expect(await codeOf(outside.call((portal) => portal.documents.list(input)))).toBe("tenant-unknown");
      expect(await codeOf(outside.call((portal) => portal.onboarding.current(input)))).toBe("onboarding-unknown");
    }
  });

  test("is closed to whoever is not signed in", async () => {
    const { slug } = await member("owner");
    expect(await codeOf(browser()((portal) => portal.workspace.get({ slug })))).toBe("not-signed-in");
  });
});

describe("roles", () => {
  test("a viewer and a member may neither invite, rename, manage nor read the audit log", async () => {
    const tenant = await member("owner");
    for (const role of ["viewer", "member"] as const) {
      const { call, slug } = await member(role, tenant);
      expect(await codeOf(call((portal) => portal.members.invite({ slug, email: "a@b.example", role: "viewer" })))).toBe("scope-missing");
      expect(await codeOf(call((portal) => portal.workspace.rename({ slug, name: "Other" })))).toBe("scope-missing");
      expect(await codeOf(call((portal) => portal.members.remove({ slug, userId: tenant.userId })))).toBe("scope-missing");
      expect(await codeOf(call((portal) => portal.workspace.audit({ slug })))).toBe("scope-missing");
    }
    const { call, slug } = await member("viewer", tenant);
    expect(await codeOf(call((portal) => portal.documents.createFolder({ slug, name: "x" })))).toBe("scope-missing");
  });

  test("an admin neither makes nor unmakes owners", async () => {
    const tenant = await member("owner");
    const { call, slug, userId } = await member("admin", tenant);
    expect(await codeOf(call((portal) => portal.members.changeRole({ slug, userId, role: "owner" })))).toBe("role-not-assignable");
    expect(await codeOf(call((portal) => portal.members.remove({ slug, userId: tenant.userId })))).toBe("role-not-assignable");
    expect(await codeOf(call((portal) => portal.members.invite({ slug, email: "a@b.example", role: "owner" })))).toBe(
      "role-not-assignable",
    );
  });
});

describe("invitations", () => {
  test("make an account at the invited address, once", async () => {
    const { call, slug, tenantId } = await member("owner");
    const email = `guest${world.id}@example.org`;
    const { createHash } = await import("node:crypto");
    const token = "t".repeat(43);
    const { invitationId } = await call((portal) => portal.members.invite({ slug, email, role: "viewer" }));
    const hash = createHash("sha256").update(token).digest("hex");
    await owner.query("UPDATE control.invitations SET token_hash = $1 WHERE tenant_id = $2 AND invitation_id = $3", [
      hash,
      tenantId,
      invitationId,
    ]);
    const guest = browser();
    expect((await guest((portal) => portal.invitations.get({ token }))).account).toBe("none");
    await guest((portal) => portal.invitations.register({ token, name: "Guest", password }));
    expect((await guest((portal) => portal.workspace.get({ slug }))).role).toBe("viewer");
    expect(await codeOf(guest((portal) => portal.invitations.accept({ token })))).toBe("invitation-not-open");
  });

  test("are refused to somebody else's account, and when revoked", async () => {
    const { call, slug, tenantId } = await member("owner");
    const stranger = await member("owner");
    const { invitationId } = await call((portal) => portal.members.invite({ slug, email: `late@${world.id}.example`, role: "member" }));
    const token = "u".repeat(43);
    const { sha256 } = await import("@leasehold/portal/server/hmac");
    await owner.query("UPDATE control.invitations SET token_hash = $1 WHERE tenant_id = $2 AND invitation_id = $3", [
      sha256(token),
      tenantId,
      invitationId,
    ]);
    expect(await codeOf(stranger.call((portal) => portal.invitations.accept({ token })))).toBe("invitation-for-another");
    await call((portal) => portal.members.revoke({ slug, invitationId }));
    expect(await codeOf(stranger.call((portal) => portal.invitations.accept({ token })))).toBe("invitation-not-open");
  });
});

test("too many sign-ins at one address are refused, whoever they come from", async () => {
  const strict = { ...portal, env: { ...portal.env, PORTAL_ATTEMPT_FACTOR: 0.2 } };
  const attempt = () =>
    createCaller(createContext(strict, new Headers())).session.signIn({ email: `nobody@${world.id}.example`, password });
  expect(await codeOf(attempt())).toBe("credentials-wrong");
  expect(await codeOf(attempt())).toBe("credentials-wrong");
  expect(await codeOf(attempt())).toBe("too-many-attempts");
});

test("a reset answers the same for known and unknown addresses, and only the known one gets a mail", async () => {
  const { email } = await member("owner");
  const before = await rows("control.mail_outbox WHERE template = 'reset-password'");
  const ask = (address: string) => browser()((call) => call.session.requestReset({ email: address }));
  expect(await ask(email)).toEqual(await ask(`unknown-${email}`));
  await expect.poll(() => rows("control.mail_outbox WHERE template = 'reset-password'")).toBe(before + 1);
});
