import { placeLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { applicationToken } from "@leasehold/portal/server/application/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endClosingHold, holdClosing } from "../support/offboarding/hold-closing.ts";
import { operators } from "../support/operators.ts";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";

type Person = Awaited<ReturnType<Portal["member"]>>;

let fixtures: Portal;
beforeAll(async () => {
  fixtures = await createPortal();
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

const dayMs = 86_400_000;
const key = () => newId("request");
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString();

async function newOwner(): Promise<Person> {
  const owner = await fixtures.member("owner");
  await fixtures.settle(owner);
  return owner;
}

const request = ({ call, slug }: Person, changes: object = {}) =>
  call((portal) => portal.offboarding.request({ slug, confirmation: slug, withExport: false, idempotencyKey: key(), ...changes }));
const current = async ({ call, slug }: Person) => (await call((portal) => portal.offboarding.current({ slug }))).closing;

/** A workspace in its hold. */
async function closing(): Promise<Person & { operationId: OperationId }> {
  const owner = await newOwner();
  const { operationId } = await request(owner, { reason: "We move on" });
  await holdClosing(fixtures.world.pool("control", "worker"), { tenantId: owner.tenantId, operationId });
  return { ...owner, operationId };
}

const operator = (tenantId: Person["tenantId"]) =>
  ({ tenantId, actor: { type: "operator", operatorId: operators.ada }, requestId: newId("request") }) as const;

/** The session began long ago. */
const goStale = ({ userId }: Person) =>
  fixtures.owner.query("UPDATE identity.sessions SET created_at = now() - interval '6 minutes' WHERE user_id = $1", [userId]);

describe("a request", () => {
  test("says what would go, and what could not be counted is not guessed", async () => {
    const owner = await newOwner();
    await fixtures.member("viewer", owner);
    const preview = await owner.call((portal) => portal.offboarding.preview({ slug: owner.slug }));
    expect(preview).toMatchObject({ slug: owner.slug, holdDays: 30, members: 2, owners: 1, dataKeys: 1, ownStack: false, stored: null });
  });

  test("is an owner's alone", async () => {
    const owner = await newOwner();
    for (const role of ["admin", "member", "viewer"] as const) {
      const person = await fixtures.member(role, owner);
      expect(await codeOf(request(person))).toBe("scope-missing");
      expect(await codeOf(person.call((portal) => portal.offboarding.preview({ slug: owner.slug })))).toBe("scope-missing");
    }
  });

  test("with another confirmation than the address changes nothing", async () => {
    const owner = await newOwner();
    for (const confirmation of ["", owner.slug.toUpperCase(), `${owner.slug} `, "another"])
      expect(await codeOf(request(owner, { confirmation }))).toBe("confirmation");
    expect(await fixtures.rows("control.offboardings WHERE tenant_id = $1", [owner.tenantId])).toBe(0);
  });

  test("asks for the password again once the sign-in is five minutes old, and takes no other", async () => {
    const owner = await newOwner();
    await goStale(owner);
    expect(await codeOf(request(owner))).toBe("sign-in-not-fresh");
    expect(await codeOf(request(owner, { password: "not it at all" }))).toBe("password-wrong");
    expect(await fixtures.rows("control.commands WHERE tenant_id = $1 AND kind = 'offboard-tenant'", [owner.tenantId])).toBe(0);
    expect((await request(owner, { password })).outcome).toBe("requested");
    const by = "control.offboardings WHERE tenant_id = $1 AND confirmed_by = 'password'";
    expect(await fixtures.rows(by, [owner.tenantId])).toBe(1);
  });

  test("sent twice is one, and its key is good for nothing else", async () => {
    const owner = await newOwner();
    const idempotencyKey = key();
    const first = await request(owner, { idempotencyKey });
    expect(await request(owner, { idempotencyKey })).toEqual({ ...first, outcome: "repeated" });
    expect(await codeOf(request(owner, { idempotencyKey, reason: "Another" }))).toBe("idempotency-key-reused");
    expect(await codeOf(request(owner))).toBe("operation-open");
  });

  test("seals the members' names for the export to the worker, and keeps no name in clear", async () => {
    const owner = await newOwner();
    await request(owner, { withExport: true });
    const { rows } = await fixtures.owner.query("SELECT sealed FROM control.export_people WHERE tenant_id = $1", [owner.tenantId]);
    expect(rows).toHaveLength(1);
    expect(rows[0].sealed).not.toContain(owner.email);
  });

  test("of an operator is not shown before a second one has agreed", async () => {
    const owner = await newOwner();
    const asked = { reason: "Contract ended", confirmation: owner.slug, withExport: false, idempotencyKey: key() };
    await requestOffboarding(fixtures.world.pool("control", "operator"), operator(owner.tenantId), asked);
    expect(await current(owner)).toBeNull();
  });
});

describe("while the workspace is being closed", () => {
  test("its owner sees the hold, what has ended and the way back", async () => {
    const owner = await closing();
    const seen = await current(owner);
    expect(seen).toMatchObject({
      operationId: owner.operationId,
      state: "RUNNING",
      requestedBy: "owner",
      reason: "We move on",
      cancelledAt: null,
      legalHolds: { open: 0 },
      ended: [
        { what: "writes", count: null, returns: true },
        { what: "api-keys", count: 2, returns: true },
      ],
    });
    expect(seen?.hold?.endsAt.getTime()).toBe((seen?.hold?.beganAt.getTime() ?? 0) + 30 * dayMs);
    expect(seen?.changes.map(({ kind, by }) => [kind, by])).toEqual([["began", "time"]]);
  });

  test("whoever is no owner is shut out of everything, and told so", async () => {
    const owner = await newOwner();
    const people = await Promise.all((["admin", "member", "viewer"] as const).map((role) => fixtures.member(role, owner)));
    const { operationId } = await request(owner);
    await holdClosing(fixtures.world.pool("control", "worker"), { tenantId: owner.tenantId, operationId });
    for (const { call, slug, userId } of people) {
      const asked = [
        call((portal) => portal.workspace.get({ slug })),
        call((portal) => portal.members.list({ slug })),
        call((portal) => portal.keys.state({ slug })),
        call((portal) => portal.workspace.usage({ slug })),
        call((portal) => portal.documents.list({ slug })),
      ];
      expect(await Promise.all(asked.map(codeOf))).toEqual(asked.map(() => "tenant-closing"));
      const { state, closing } = await call((portal) => portal.offboarding.current({ slug }));
      expect({ state, closing }).toEqual({ state: "CLOSING", closing: null });
      const workspace = (await call((portal) => portal.session.current()))?.workspaces.find((each) => each.slug === slug);
      expect(workspace?.state).toBe("CLOSING");
      if (workspace === undefined) throw new Error("the list leaves it out");
      expect(await applicationToken(fixtures.portal, workspace, userId).then(() => "signed", codeFrom)).toBe("tenant-closing");
    }
    expect(await codeOf(people[2]?.call((portal) => portal.members.leave({ slug: owner.slug })) ?? Promise.resolve())).toBe("ok");
  });

  test("its owner reads, and changes nothing but the closing", async () => {
    const { call, slug, tenantId, userId } = await closing();
    expect((await call((portal) => portal.workspace.get({ slug }))).state).toBe("CLOSING");
    expect(await call((portal) => portal.members.list({ slug }))).toHaveLength(1);
    const workspace = { tenantId, slug, name: "", plan: "starter", state: "CLOSING", suspendedAccess: null, role: "owner" } as const;
    const token = applicationToken(fixtures.portal, workspace, userId);
    expect(await token).toMatch(/^ey/);
    const changes = [
      call((portal) => portal.members.invite({ slug, email: "a@b.example", role: "viewer" })),
      call((portal) => portal.members.changeRole({ slug, userId, role: "admin" })),
      call((portal) => portal.workspace.rename({ slug, name: "Other" })),
      call((portal) => portal.documents.createFolder({ slug, name: "x" })),
      call((portal) => portal.keys.rotate({ slug, reason: "Because", idempotencyKey: key() })),
      call((portal) => portal.offboarding.request({ slug, confirmation: slug, withExport: false, idempotencyKey: key() })),
    ];
    expect(await Promise.all(changes.map(codeOf))).toEqual(changes.map(() => "tenant-closing"));
  });

  test("a legal hold is shown as one, without its case or who placed it", async () => {
    const owner = await closing();
    const hold = { caseNumber: "SECRET-CASE-7", reason: "A court asked" };
    await placeLegalHold(fixtures.world.pool("control", "operator"), operator(owner.tenantId), hold);
    const seen = await current(owner);
    expect(seen?.legalHolds).toEqual({ open: 1, since: expect.any(Date) });
    expect(JSON.stringify(seen)).not.toMatch(/SECRET-CASE|court|operator:/);
  });

  test("an owner extends, asks for an earlier end, takes it back and cancels; each once", async () => {
    const owner = await closing();
    const { call, slug, operationId } = owner;
    const of = () => ({ slug, operationId, idempotencyKey: key() });
    const extended = { ...of(), endsAt: inDays(40) };
    expect((await call((portal) => portal.offboarding.extend(extended))).endsAt).toBe(extended.endsAt);
    expect((await call((portal) => portal.offboarding.extend(extended))).endsAt).toBe(extended.endsAt);
    expect(await codeOf(call((portal) => portal.offboarding.extend({ ...of(), endsAt: inDays(35) })))).toBe("hold-end");

    const earlier = inDays(2);
    await call((portal) => portal.offboarding.shorten({ ...of(), endsAt: earlier }));
    const asked = await current(owner);
    expect(asked).toMatchObject({ shortening: { by: "owner" } });
    expect([asked?.shortening?.to.toISOString(), asked?.hold?.endsAt.toISOString()]).toEqual([earlier, extended.endsAt]);
    await call((portal) => portal.offboarding.withdrawShortening(of()));
    expect((await current(owner))?.shortening).toBeNull();

    const cancel = { ...of(), reason: "We stay" };
    expect((await call((portal) => portal.offboarding.cancel(cancel))).cancelled).toBe(true);
    expect((await call((portal) => portal.offboarding.cancel(cancel))).cancelled).toBe(true);
    const after = await current(owner);
    expect(after).toMatchObject({ cancelledBy: "owner", cancelledAt: expect.any(Date) });
    expect(after?.changes.map(({ kind }) => kind)).toEqual(["began", "extended", "shorten-asked", "shorten-withdrawn", "cancelled"]);
    expect(await codeOf(call((portal) => portal.offboarding.extend({ ...of(), endsAt: inDays(50) })))).toBe("closing-cancelled");
  });

  test("an earlier end is asked for with a fresh sign-in only", async () => {
    const owner = await closing();
    const { call, slug, operationId } = owner;
    await goStale(owner);
    const shorten = (password?: string) =>
      call((portal) => portal.offboarding.shorten({ slug, operationId, endsAt: inDays(1), idempotencyKey: key(), password }));
    expect(await codeOf(shorten())).toBe("sign-in-not-fresh");
    expect(await codeOf(shorten(password))).toBe("ok");
  });

  test("another workspace's closing is not found", async () => {
    const [owner, other] = [await closing(), await closing()];
    const { operationId } = other;
    const cancel = owner.call((portal) => portal.offboarding.cancel({ slug: owner.slug, operationId, idempotencyKey: key() }));
    expect(await codeOf(cancel)).toBe("NOT_FOUND");
    expect((await current(other))?.cancelledAt).toBeNull();
  });
});

test("behind the last instant every decision is too late, and nobody gets in", async () => {
  const { call, slug, tenantId, userId, operationId } = await closing();
  expect(await endClosingHold(fixtures.world.pool("control", "worker"), { tenantId, operationId })).toBe("shredding");
  const of = () => ({ slug, operationId, idempotencyKey: key() });
  expect(await codeOf(call((portal) => portal.offboarding.cancel(of())))).toBe("past-no-return");
  expect(await codeOf(call((portal) => portal.offboarding.extend({ ...of(), endsAt: inDays(90) })))).toBe("past-no-return");
  expect(await codeOf(call((portal) => portal.offboarding.shorten({ ...of(), endsAt: inDays(1) })))).toBe("past-no-return");
  expect(await codeOf(call((portal) => portal.workspace.get({ slug })))).toBe("tenant-closed");
  expect(await codeOf(call((portal) => portal.members.list({ slug })))).toBe("tenant-closed");
  const workspace = { tenantId, slug, name: "", plan: "starter", state: "SHREDDING", suspendedAccess: null, role: "owner" } as const;
  expect(await applicationToken(fixtures.portal, workspace, userId).then(() => "signed", codeFrom)).toBe("tenant-closed");
  const seen = await call((portal) => portal.offboarding.current({ slug }));
  expect(seen).toMatchObject({ state: "SHREDDING", closing: { operationId, shreddingAt: expect.any(Date) } });
});

test("steps of a closing arrive as they happen", async () => {
  const { call, slug, tenantId, operationId } = await closing();
  const stream = await call((portal) => portal.offboarding.events({ slug, operationId }));
  const seen: string[] = [];
  for await (const [, { kind, state }] of stream as AsyncIterable<[string, { kind: string; state: string }, unknown]>) {
    seen.push(`${kind} ${state}`);
    if (seen.length === 1) {
      await fixtures.owner.query("UPDATE control.operations SET state = 'ROLLING_BACK' WHERE tenant_id = $1 AND operation_id = $2", [
        tenantId,
        operationId,
      ]);
    } else break;
  }
  expect(seen).toEqual(["operation RUNNING", "operation ROLLING_BACK"]);
});

const codeFrom = (error: { reason?: string }) => error.reason ?? String(error);
