import { listOpenResets } from "@leasehold/db/control/second-factors/answer-reset";
import { decideReset } from "@leasehold/db/control/second-factors/decide-reset";
import { listResets, listWaitingResets } from "@leasehold/db/control/second-factors/list-resets";
import { requestReset } from "@leasehold/db/control/second-factors/request-reset";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { answerResets } from "@leasehold/portal/server/second-factors/answer-resets";
import { openMail } from "@leasehold/tenancy/mail/open-mail";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type KnownOperator, operators } from "../support/operators.ts";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";
import { codeOfApp } from "../support/totp.ts";

let fixtures: Portal;
let { browser, member, owner, portal } = {} as Portal;
let operator: Pool;
beforeAll(async () => {
  fixtures = await createPortal();
  ({ browser, member, owner, portal } = fixtures);
  operator = fixtures.world.pool("control", "operator");
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

type Person = Awaited<ReturnType<Portal["member"]>>;

async function withSecondFactor(): Promise<Person & { secret: string }> {
  const person = await member("owner");
  const { secret } = await person.call((api) => api.secondFactor.begin({ password }));
  await person.call((api) => api.secondFactor.confirm({ code: codeOfApp(secret, -1) }));
  return { ...person, secret };
}

const by = (name: KnownOperator, tenantId: TenantId) =>
  ({ tenantId, actor: { type: "operator", operatorId: operators[name] }, requestId: newId("request") }) as const;
const reason = "Called back on the number of the contract";
const ask = (name: KnownOperator, { tenantId, userId }: Person) => requestReset(operator, by(name, tenantId), { userId, reason });
const decide = (name: KnownOperator, { tenantId }: Person, resetId: string, decision: "approve" | "reject", at = new Date()) =>
  decideReset(operator, by(name, tenantId), { resetId, decision, reason: "The number is right", at });
const stateOf = async ({ tenantId }: Person) => (await listResets(operator, tenantId))[0]?.state;
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { reason?: string; code?: string }) => error.reason ?? error.code,
  );
const rowsOf = async (text: string, values: unknown[]) => (await owner.query(text, values)).rows;
const logOf = ({ tenantId }: Person) =>
  rowsOf(
    `select actor, action, target, details from control.audit
     where tenant_id = $1 and (action like 'second-factor.%' or action = 'member.second-factor-reset') order by audit_id`,
    [tenantId],
  );
const factorsOf = ({ userId }: Person) => fixtures.rows("identity.two_factors WHERE user_id = $1", [userId]);
const mailsOf = ({ tenantId }: Person) =>
  rowsOf("select sealed from control.mail_outbox where tenant_id = $1 and template = 'second-factor-removed'", [tenantId]);

test("two operators let somebody in who has lost everything: the second factor goes, every session ends, and they are told once", async () => {
  const person = await withSecondFactor();
  const { tenantId, userId, email, call } = person;
  const asked = browser();
  expect(await asked((api) => api.session.signIn({ email, password }))).toEqual({ codeNeeded: true, userId });
  const { resetId } = await ask("sid", person);
  expect(await ask("sid", person)).toEqual({ resetId, outcome: "repeated" });
  expect(await refused(ask("ada", person))).toBe("reset-open");
  expect((await listWaitingResets(operator)).filter((each) => each.tenantId === tenantId)).toMatchObject([
    { resetId, userId, reason, state: "waiting", requestedBy: `operator:${operators.sid}` },
  ]);
  expect(await refused(decide("sid", person, resetId, "approve"))).toBe("second-operator");
  expect(await listOpenResets(portal.control)).toEqual([]);
  expect(await codeOf(call((api) => api.session.list()))).toBe("ok");

  expect(await decide("ada", person, resetId, "approve")).toBe("approved");
  expect(await decide("ada", person, resetId, "approve")).toBe("repeated");
  expect(await refused(decide("grace", person, resetId, "reject"))).toBe("not-awaiting-approval");
  await expect.poll(() => stateOf(person), { timeout: 15_000 }).toBe("removed");
  expect(await codeOf(call((api) => api.session.list()))).toBe("not-signed-in");
  const back = browser();
  expect(await back((api) => api.session.signIn({ email, password }))).toMatchObject({ codeNeeded: false });
  expect(await back((api) => api.secondFactor.state())).toEqual({ enabled: false, recoveryCodes: 0 });
  expect(await fixtures.rows("identity.two_factors WHERE user_id = $1", [userId])).toBe(0);

  const [mail, ...more] = await mailsOf(person);
  expect(more).toEqual([]);
  expect(await openMail(fixtures.world.stack.secrets.mailKey, mail.sealed)).toMatchObject({
    template: "second-factor-removed",
    to: email,
    props: { resetUrl: `${portal.env.PORTAL_URL}/forgot-password` },
  });
  const [sid, ada] = [`operator:${operators.sid}`, `operator:${operators.ada}`];
  expect(await logOf(person)).toEqual([
    { actor: sid, action: "second-factor.reset-requested", target: userId, details: {} },
    { actor: ada, action: "second-factor.reset-approved", target: userId, details: {} },
    { actor: ada, action: "member.second-factor-reset", target: userId, details: { sessions: 1 } },
  ]);
  expect(
    await rowsOf("select user_id, factor_id, reason, outcome, sessions from control.second_factor_resets where tenant_id = $1", [tenantId]),
  ).toEqual([{ user_id: null, factor_id: null, reason, outcome: "removed", sessions: 1 }]);
  const { secret } = await back((api) => api.secondFactor.begin({ password }));
  expect(await codeOf(back((api) => api.secondFactor.confirm({ code: codeOfApp(secret, -1) })))).toBe("ok");
});

test("an attempt that broke off is repeated, says the same, and takes nothing that was set up since", async () => {
  await portal.answering.close();
  const person = await withSecondFactor();
  const { resetId } = await ask("sid", person);
  await decide("ada", person, resetId, "approve");
  // Nothing can be sealed for it: that is found out when the second factor is gone.
  const breaks = { ...portal, env: { ...portal.env, MAIL_PUBLIC_JWK: { ...portal.env.MAIL_PUBLIC_JWK, kty: "none" } as never } };
  expect(await answerResets(breaks)).toBe(0);
  expect([await factorsOf(person), await stateOf(person), await mailsOf(person)]).toEqual([0, "approved", []]);
  const back = browser();
  await back((api) => api.session.signIn({ email: person.email, password }));
  const { secret } = await back((api) => api.secondFactor.begin({ password }));
  await back((api) => api.secondFactor.confirm({ code: codeOfApp(secret, -1) }));
  const answered = await Promise.all([answerResets(portal), answerResets(portal)]);
  expect([answered.sort(), await answerResets(portal), await stateOf(person)]).toEqual([[0, 1], 0, "removed"]);
  expect([await factorsOf(person), (await mailsOf(person)).length]).toEqual([1, 1]);
  expect(await browser()((api) => api.session.signIn({ email: person.email, password }))).toMatchObject({ codeNeeded: true });
  expect((await logOf(person)).filter(({ action }) => action === "member.second-factor-reset")).toHaveLength(1);
});

test("rejected, it stays, and can be asked for again; whose it was is forgotten", async () => {
  const person = await withSecondFactor();
  const { resetId } = await ask("sid", person);
  // Whoever asked may take it back.
  expect(await decide("sid", person, resetId, "reject")).toBe("rejected");
  expect(await decide("sid", person, resetId, "reject")).toBe("repeated");
  expect(await refused(decide("ada", person, resetId, "approve"))).toBe("not-awaiting-approval");
  expect(await answerResets(portal)).toBe(0);
  expect([await factorsOf(person), await stateOf(person)]).toEqual([1, "rejected"]);
  expect((await listResets(operator, person.tenantId))[0]).toMatchObject({ userId: null, decisionReason: "The number is right" });
  expect((await ask("ada", person)).outcome).toBe("requested");
});

test("nobody decided in seven days: it is void", async () => {
  const person = await withSecondFactor();
  const { resetId } = await ask("sid", person);
  const late = new Date(Date.now() + 7 * 86_400_000);
  for (const decision of ["approve", "reject"] as const)
    expect(await refused(decide("ada", person, resetId, decision, late))).toBe("reset-expired");
  await owner.query("update control.second_factor_resets set requested_at = now() - interval '7 days' where reset_id = $1", [resetId]);
  expect(await refused(decide("ada", person, resetId, "approve"))).toBe("reset-expired");
  expect((await listWaitingResets(operator)).some((each) => each.resetId === resetId)).toBe(false);
  expect(await answerResets(portal)).toBe(1);
  expect([await factorsOf(person), await stateOf(person), await mailsOf(person)]).toEqual([1, "expired", []]);
  expect((await ask("sid", person)).outcome).toBe("requested");
});

test("of somebody who has none it is said that there was none, and nothing happens to them", async () => {
  const person = await member("owner");
  const { resetId } = await ask("sid", person);
  await decide("ada", person, resetId, "approve");
  expect(await answerResets(portal)).toBe(1);
  expect([await stateOf(person), await mailsOf(person)]).toEqual(["none", []]);
  expect((await logOf(person)).map(({ action }) => action)).toEqual(["second-factor.reset-requested", "second-factor.reset-approved"]);
  expect(await codeOf(person.call((api) => api.session.list()))).toBe("ok");
});

test("only of somebody in the tenant, by whoever may, and while they are in it", async () => {
  const [host, stranger] = [await member("owner"), await withSecondFactor()];
  expect(await refused(ask("sid", { ...stranger, tenantId: host.tenantId }))).toBe("person-unknown");
  expect(await refused(ask("olga", host))).toBe("operator-role");
  const guest = await member("member", host);
  const { resetId } = await ask("sid", guest);
  await owner.query("delete from control.members where tenant_id = $1 and user_id = $2", [host.tenantId, guest.userId]);
  expect(await stateOf(host)).toBe("left");
  expect(await refused(decide("ada", host, resetId, "approve"))).toBe("person-gone");
  expect(await answerResets(portal)).toBe(0);
});
