import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";

let fixtures: Portal;
let { world, owner, browser, member } = {} as Portal;

beforeAll(async () => {
  fixtures = await createPortal();
  ({ world, owner, browser, member } = fixtures);
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

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

test("a workspace that is not open is not changed, and no token is signed for it", async () => {
  const { call, slug, userId } = await member("owner", undefined, { open: false });
  const refusals = [
    call((portal) => portal.members.invite({ slug, email: "a@b.example", role: "viewer" })),
    call((portal) => portal.members.changeRole({ slug, userId, role: "member" })),
    call((portal) => portal.members.leave({ slug })),
    call((portal) => portal.workspace.rename({ slug, name: "Other" })),
    call((portal) => portal.documents.createFolder({ slug, name: "x" })),
    call((portal) => portal.documents.list({ slug })),
    call((portal) => portal.workspace.usage({ slug })),
  ];
  expect(await Promise.all(refusals.map(codeOf))).toEqual(refusals.map(() => "tenant-not-active"));
  expect((await call((portal) => portal.workspace.get({ slug }))).state).toBe("PROVISIONING");
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

  test("sent again after they ran out need a free seat", async () => {
    const { call, slug, tenantId } = await member("owner");
    const invite = (name: string) =>
      call((portal) => portal.members.invite({ slug, email: `${name}@${world.id}.example`, role: "member" }));
    const { invitationId } = await invite("first");
    await owner.query("UPDATE control.tenants SET limits = '{\"members\": 2}' WHERE tenant_id = $1", [tenantId]);
    await call((portal) => portal.members.resend({ slug, invitationId }));
    await owner.query("UPDATE control.invitations SET expires_at = now() - interval '1 minute' WHERE invitation_id = $1", [invitationId]);
    await invite("second");
    expect(await codeOf(call((portal) => portal.members.resend({ slug, invitationId })))).toBe("members");
  });

  test("let nobody in when the plan has become too small meanwhile, and everybody when there is room again", async () => {
    const { call, slug, tenantId } = await member("owner");
    const { sha256 } = await import("@leasehold/portal/server/hmac");
    const invite = async (name: string) => {
      const email = `${name}${world.id}@example.org`;
      const { invitationId } = await call((portal) => portal.members.invite({ slug, email, role: "member" }));
      const token = name.repeat(8);
      await owner.query("UPDATE control.invitations SET token_hash = $1 WHERE invitation_id = $2", [sha256(token), invitationId]);
      return token;
    };
    const limitTo = (members: number) =>
      owner.query("UPDATE control.tenants SET limits = $2 WHERE tenant_id = $1", [tenantId, JSON.stringify({ members })]);
    const tokens = [await invite("small"), await invite("plans")];
    await limitTo(2);
    const register = (token: string) => browser()((portal) => portal.invitations.register({ token, name: "Guest", password }));
    const outcomes = await Promise.all(tokens.map((token) => codeOf(register(token))));
    expect(outcomes.toSorted()).toEqual(["members", "ok"]);
    expect((await call((portal) => portal.members.list({ slug }))).length).toBe(2);
    expect(await codeOf(call((portal) => portal.members.invite({ slug, email: `x@${world.id}.example`, role: "member" })))).toBe("members");
    expect(await call((portal) => portal.members.invitations({ slug }))).toHaveLength(1);
    await limitTo(3);
    const left = tokens[outcomes.indexOf("members")] ?? "";
    expect(await codeOf(browser()((portal) => portal.invitations.get({ token: left })))).toBe("ok");
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

describe("people who are not members any more", () => {
  test("are an owner's to see until they are erased or back, and nobody else's", async () => {
    const tenant = await member("owner");
    const { slug } = tenant;
    const [removed, left, stays] = [await member("member", tenant), await member("viewer", tenant), await member("admin", tenant)];
    await tenant.call((portal) => portal.members.remove({ slug, userId: removed.userId }));
    await left.call((portal) => portal.members.leave({ slug }));
    const former = () => tenant.call((portal) => portal.erasure.former({ slug }));
    expect((await former()).map(({ userId }) => userId)).toEqual([left.userId, removed.userId]);
    expect((await former())[0]?.email).toBe(left.email);
    expect(await codeOf(stays.call((portal) => portal.erasure.former({ slug })))).toBe("scope-missing");

    await fixtures.settle(tenant);
    const request = { slug, userId: left.userId, documents: "keep" as const, idempotencyKey: "a-key-of-this-one-test" };
    await tenant.call((portal) => portal.erasure.request(request));
    expect((await former()).map(({ userId }) => userId)).toEqual([removed.userId]);
  });

  test("a member is told what their own erasure would find; what cannot be counted is not made up", async () => {
    const tenant = await member("owner");
    const { call, slug } = await member("viewer", tenant);
    // No application plane runs here.
    expect(await call((portal) => portal.erasure.previewOwn({ slug }))).toMatchObject({ role: "viewer", lastOwner: false, made: null });
    expect(await tenant.call((portal) => portal.erasure.previewOwn({ slug }))).toMatchObject({ role: "owner", lastOwner: true });
  });
});
