import { newId } from "@leasehold/domain/ids";
import { password } from "../portal-fixtures.ts";
import { anonymous, portalCallers } from "./callers.ts";
import type { Caller, Case } from "./case.ts";
import { freshSession } from "./fresh.ts";
import { type MatrixWorld, makeInvitation } from "./matrix-world.ts";
import { secondFactorRows } from "./second-factor-rows.ts";

const strangers = ["anonymous", "operator", "API key"];
const guess = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
const nextPassword = "nine patient herons wade";
const nobody = () => `${newId("user").toLowerCase()}@nobody.example`;

type About = Omit<Case, "caller" | "what">;

/** One case for every caller of the portal; another answer for those who are not signed in there. */
function everybody(world: MatrixWorld, about: (caller: Caller) => About, stranger: (caller: Caller) => About = about): Case[] {
  return Object.values(portalCallers(world)).map((caller) => ({
    what: `as ${caller.name}`,
    caller,
    ...(strangers.includes(caller.name) ? stranger(caller) : about(caller)),
  }));
}

const unauthenticated = (input?: unknown) => (): About => ({ input, expect: "UNAUTHENTICATED" });
const isTheirs = ({ name }: Caller) => name.startsWith("their ");

/** Procedures of the portal that are for everybody, or for a person whatever their workspace. */
export const portalPublicRows: Record<string, (world: MatrixWorld) => Promise<Case[]>> = {
  ...secondFactorRows,

  "session.current": async (world) => everybody(world, ({ name }) => ({ expect: "ok", seesBoth: name === "member of both" })),

  "session.signIn": async (world) => {
    const { email } = world.ours.people.owner;
    const wrong = { input: { email, password: "not the password of anybody" }, expect: "UNAUTHENTICATED" };
    const twin = { input: { ...wrong.input, email: nobody() } };
    return [
      ...everybody(world, () => ({ ...wrong, twin })),
      { what: "with the password", caller: anonymous, input: { email, password }, expect: "ok" },
    ];
  },

  "session.signOut": async (world) => {
    const fresh = await freshSession(world, world.ours.people.viewer);
    const cases = everybody(world, () => ({ expect: "ok" }));
    return cases.map((each) => ({ ...each, caller: { ...each.caller, cookie: each.caller.cookie && fresh.cookie } }));
  },

  "session.requestReset": async (world) =>
    everybody(world, () => ({ input: { email: world.ours.people.viewer.email }, expect: "ok", twin: { input: { email: nobody() } } })),

  "session.resetPassword": async (world) => {
    const person = await world.portal.member("viewer", world.ours);
    await world.portal.portal.auth.api.requestPasswordReset({ body: { email: person.email } });
    const [found] = await world.rows<{ identifier: string }>(
      "select identifier from identity.verifications where identifier like 'reset-password:%' and value = $1",
      [person.userId],
    );
    const token = found?.identifier.slice("reset-password:".length) ?? "";
    return [
      ...everybody(world, () => ({ input: { token: guess(), password: nextPassword }, expect: "PRECONDITION_FAILED" })),
      { what: "with the mailed token", caller: anonymous, input: { token, password: nextPassword }, expect: "ok" },
      { what: "with the token once more", caller: anonymous, input: { token, password: nextPassword }, expect: "PRECONDITION_FAILED" },
    ];
  },

  "session.changePassword": async (world) => {
    const wrong = { currentPassword: "not the password of anybody", password: nextPassword };
    const person = await world.portal.member("viewer", world.ours);
    const caller = { name: "viewer", cookie: person.call.cookie() };
    return [
      ...everybody(world, () => ({ input: wrong, expect: "VALIDATION" }), unauthenticated(wrong)),
      { what: "with the password", caller, input: { ...wrong, currentPassword: password }, expect: "ok" },
    ];
  },

  "session.list": async (world) => everybody(world, () => ({ expect: "ok" }), unauthenticated()),

  "session.revoke": async (world) => {
    const { ours, theirs } = world;
    const input = (caller: Caller) => ({
      id: isTheirs(caller) || caller.name === "member of both" ? ours.sessionId : theirs.sessionId,
      password,
    });
    const foreign = (caller: Caller): About => ({
      input: input(caller),
      expect: "NOT_FOUND",
      twin: { input: { id: crypto.randomUUID(), password } },
    });
    const own = await freshSession(world, ours.people.owner);
    const caller = { name: "owner", cookie: ours.people.owner.call.cookie() };
    return [
      ...everybody(world, foreign, unauthenticated({ id: theirs.sessionId, password })),
      { what: "one's own", caller, input: { id: own.sessionId, password }, expect: "ok" },
    ];
  },

  "session.revokeOthers": async (world) => {
    const person = await world.portal.member("viewer", world.ours);
    const caller = { name: "viewer", cookie: person.call.cookie() };
    return [
      ...everybody(
        world,
        () => ({ input: { password: "not the password of anybody" }, expect: "VALIDATION" }),
        unauthenticated({ password }),
      ),
      { what: "one's own", caller, input: { password }, expect: "ok" },
    ];
  },

  "signUp.checkSlug": async (world) => everybody(world, () => ({ input: { slug: "a-free-address" }, expect: "ok" })),

  "signUp.request": async (world) => {
    const used = world.portal.form();
    await world.portal.browser()((portal) => portal.signUp.request(used));
    return [
      ...everybody(world, () => ({ input: world.portal.form(), expect: "ok" })),
      { what: "under another's key", caller: anonymous, input: world.portal.form({ key: used.idempotencyKey }), expect: "CONFLICT" },
      { what: "for a taken address", caller: anonymous, input: world.portal.form({ slug: world.theirs.slug }), expect: "CONFLICT" },
    ];
  },

  "signUp.resend": async (world) =>
    everybody(
      world,
      () => ({ expect: "ok" }),
      () => ({ expect: "NOT_FOUND" }),
    ),

  "signUp.confirm": async (world) => {
    const made = await world.portal.browser()((portal) => portal.signUp.request(world.portal.form()));
    const forged = { token: `${made.signUpId}.${guess()}`, password: nextPassword };
    const token = world.portal.tokenOf(made.signUpId);
    return [
      ...everybody(world, () => ({
        input: forged,
        expect: "PRECONDITION_FAILED",
        twin: { input: { ...forged, token: `${newId("signUp")}.${guess()}` } },
      })),
      { what: "with the mailed token", caller: anonymous, input: { token, password: nextPassword }, expect: "ok" },
    ];
  },

  "onboarding.current": async (world) => onboardingCases(world),
  "onboarding.events": async (world) => onboardingCases(world),

  "invitations.get": async (world) => {
    const unknown = () => ({ input: { token: guess() }, expect: "NOT_FOUND" });
    const holder = { what: "with the token", caller: anonymous, input: { token: world.ours.invitationToken }, expect: "ok" };
    return [...everybody(world, unknown), { ...holder, seesBoth: true }];
  },

  "invitations.accept": async (world) => {
    const person = await world.portal.member("viewer", world.suspended.owner);
    const { invitationToken } = await makeInvitation(world, world.ours.tenantId, person.email);
    const another = (): About => ({ input: { token: invitationToken }, expect: "FORBIDDEN" });
    const invited = { name: "the invited person", cookie: person.call.cookie() };
    return [
      ...everybody(world, another, unauthenticated({ token: invitationToken })),
      {
        what: "in time",
        caller: invited,
        input: { token: invitationToken },
        expect: "ok",
        changes: ["control.audit", "control.invitations", "control.members"],
        audit: "invitation.accepted",
      },
      { what: "with a guess", caller: invited, input: { token: guess() }, expect: "NOT_FOUND" },
    ];
  },

  "invitations.register": async (world) => {
    const { invitationToken: token } = await makeInvitation(world, world.ours.tenantId);
    const who = { name: "Ada", password: nextPassword };
    return [
      ...everybody(world, () => ({ input: { token: guess(), ...who }, expect: "NOT_FOUND" })),
      {
        what: "with the token",
        caller: anonymous,
        input: { token, ...who },
        expect: "ok",
        changes: ["control.audit", "control.invitations", "control.members"],
        audit: "invitation.accepted",
      },
    ];
  },
};

/** Seen by members and by whoever signed up. Another's, and one that does not exist, are the same. */
function onboardingCases(world: MatrixWorld): Case[] {
  const { ours, suspended, closed } = world;
  const slugs: Record<string, string> = {
    "suspended tenant's owner": suspended.owner.slug,
    "closed tenant's owner": closed.owner.slug,
  };
  return everybody(
    world,
    (caller) => {
      const input = { slug: slugs[caller.name] ?? ours.slug };
      return isTheirs(caller) ? { input, expect: "NOT_FOUND", twin: { input: { slug: "nowhere-to-be-found" } } } : { input, expect: "ok" };
    },
    () => ({ input: { slug: ours.slug }, expect: "NOT_FOUND", twin: { input: { slug: "nowhere-to-be-found" } } }),
  );
}
