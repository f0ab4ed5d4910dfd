import { recordEvidence } from "@leasehold/db/control/offboarding/record-evidence";
import { withControl } from "@leasehold/db/control/with-control";
import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";
import { seedActiveTenant } from "../support/offboarding/closing.ts";
import { holdClosing } from "../support/offboarding/hold-closing.ts";

let world: ConsoleWorld;
/** Another operator at the same console. */
let second: ConsoleWorld["console"];
beforeAll(async () => {
  world = await startConsoleWorld();
  second = world.consoleOf("grace");
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const reason = "Decided in a test";
const key = () => newId("request");
const refused = (why: string) => expect.objectContaining({ cause: expect.objectContaining({ reason: why }) });
const seed = () => seedActiveTenant({ query: world.queryOf });
const asked = () => ({ reason, idempotencyKey: key() });

async function requested() {
  const tenant = await seed();
  const { tenantId, slug } = tenant;
  const { operationId } = await world.console.offboarding.request({ tenantId, confirmation: slug, ...asked() });
  return { ...tenant, operationId };
}

async function held() {
  const closing = await requested();
  await second.offboarding.decide({ ...idsOf(closing), decision: "approve", ...asked() });
  await holdClosing(world.worker, closing);
  return closing;
}

const idsOf = ({ tenantId, operationId }: Awaited<ReturnType<typeof requested>>) => ({ tenantId, operationId });

describe("a suspension", () => {
  const suspending = { kind: "abuse", access: "closed" } as const;

  test("is asked for with a reason, once, and shows who asked and why", async () => {
    const { tenantId } = await seed();
    const request = { tenantId, ...suspending, ...asked() };
    const { operationId } = await world.console.suspension.suspend(request);
    expect(await world.console.suspension.suspend(request)).toMatchObject({ operationId, outcome: "repeated" });
    const [record] = await second.suspension.list({ tenantId });
    expect(record).toMatchObject({ operationId, action: "suspend", ...suspending, reason, effectiveAt: null, state: "REQUESTED" });
    expect(record?.requestedBy).toMatch(/^operator:opr_/);
    await expect(second.suspension.suspend({ tenantId, ...suspending, ...asked() })).rejects.toEqual(refused("operation-open"));
    await expect(second.offboarding.request({ tenantId, confirmation: "", ...asked() })).rejects.toBeDefined();
    await expect(second.suspension.resume({ tenantId, ...asked() })).rejects.toEqual(refused("tenant-not-suspended"));
    await expect(world.console.suspension.suspend({ tenantId, ...suspending, reason: " ", idempotencyKey: key() })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });

  test("is not for support", async () => {
    const { tenantId } = await seed();
    const own = world.consoleOf("sam");
    await expect(own.suspension.suspend({ tenantId, ...suspending, ...asked() })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await own.suspension.list({ tenantId })).toEqual([]);
    expect(await world.query("select from control.suspensions where tenant_id = $1", [tenantId])).toHaveLength(0);
  });
});

describe("four eyes", () => {
  test("whoever asked cannot approve, and is told so before they try", async () => {
    const closing = await requested();
    const mine = await world.console.offboarding.get({ tenantId: closing.tenantId });
    expect(mine.closing).toMatchObject({ state: "AWAITING_APPROVAL", ownRequest: true });
    const approve = { ...idsOf(closing), decision: "approve" as const, ...asked() };
    await expect(world.console.offboarding.decide(approve)).rejects.toEqual(refused("second-operator"));
    expect((await second.offboarding.get({ tenantId: closing.tenantId })).closing?.ownRequest).toBe(false);
    expect(await second.offboarding.decide(approve)).toBe("approved");
    const commands = await world.query("select kind, actor from control.commands where operation_id = $1 and kind = 'offboard-tenant'", [
      closing.operationId,
    ]);
    expect(commands).toHaveLength(1);
  });

  test("whoever asked may take it back, and nothing has happened to the tenant", async () => {
    const closing = await requested();
    expect(await world.console.offboarding.decide({ ...idsOf(closing), decision: "reject", ...asked() })).toBe("rejected");
    const [tenant] = await world.query("select state, current_operation from control.tenants where tenant_id = $1", [closing.tenantId]);
    expect(tenant).toEqual({ state: "ACTIVE", current_operation: null });
    await expect(second.offboarding.decide({ ...idsOf(closing), decision: "approve", ...asked() })).rejects.toEqual(
      refused("not-awaiting-approval"),
    );
  });

  test("a closing that waits is in the inbox, by its kind, and says whose wish it is", async () => {
    const { operationId } = await requested();
    const of = async (console: ConsoleWorld["console"]) =>
      (await console.operations.attention()).find((item) => item.operationId === operationId);
    expect(await of(world.console)).toMatchObject({ kind: "offboarding", state: "AWAITING_APPROVAL", ownRequest: true });
    expect(await of(second)).toMatchObject({ ownRequest: false });
  });

  test("a request needs the address as it is, a reason, and a tenant that is open", async () => {
    const { tenantId, slug } = await seed();
    await expect(world.console.offboarding.request({ tenantId, confirmation: "another", ...asked() })).rejects.toEqual(
      refused("confirmation"),
    );
    const empty = { tenantId, confirmation: slug, reason: " ", idempotencyKey: key() };
    await expect(world.console.offboarding.request(empty)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const closing = await held();
    const again = { tenantId: closing.tenantId, confirmation: closing.slug, ...asked() };
    await expect(world.console.offboarding.request(again)).rejects.toEqual(refused("tenant-not-active"));
  });
});

describe("legal holds", () => {
  test("any number are placed and released one by one, each listed with its case, who and why", async () => {
    const { tenantId } = await seed();
    const place = (caseNumber: string) => world.console.offboarding.placeLegalHold({ tenantId, caseNumber, reason });
    const [first, other] = [await place("2031-1"), await place("2031-2")];
    expect(await place("2031-1")).toEqual({ holdId: first.holdId, outcome: "open" });
    const release = { tenantId, holdId: first.holdId, reason: "The case is closed" };
    expect(await second.offboarding.releaseLegalHold(release)).toBe("released");
    expect(await second.offboarding.releaseLegalHold(release)).toBe("repeated");
    const { legalHolds } = await world.console.offboarding.get({ tenantId });
    expect(legalHolds).toMatchObject([
      { holdId: other.holdId, caseNumber: "2031-2", reason, releasedAt: null, placedBy: `operator:${world.operatorId}` },
      { holdId: first.holdId, releasedAt: expect.any(Date), releaseReason: "The case is closed" },
    ]);
    expect(legalHolds[0]?.placedAt).toBeInstanceOf(Date);
  });

  test("are a badge and a filter in the list of tenants", async () => {
    const { tenantId, slug } = await seed();
    const search = () => world.console.tenants.list({ legalHold: true, search: slug });
    expect((await search()).items).toEqual([]);
    const { holdId } = await world.console.offboarding.placeLegalHold({ tenantId, caseNumber: "2031-9", reason });
    expect((await search()).items).toMatchObject([{ tenantId, legalHolds: 1 }]);
    expect((await world.console.tenants.get({ tenantId })).legalHolds).toBe(1);
    await world.console.offboarding.releaseLegalHold({ tenantId, holdId, reason });
    expect((await search()).items).toEqual([]);
  });

  test("another tenant's is not found", async () => {
    const [one, two] = [await seed(), await seed()];
    const { holdId } = await world.console.offboarding.placeLegalHold({ tenantId: one.tenantId, caseNumber: "2031-3", reason });
    const attempt = world.console.offboarding.releaseLegalHold({ tenantId: two.tenantId, holdId, reason });
    await expect(attempt).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a hold", () => {
  test("is extended, and cancelled, by an operator with a reason", async () => {
    const closing = await held();
    const of = { ...idsOf(closing) };
    const before = (await world.console.offboarding.get({ tenantId: closing.tenantId })).closing;
    const endsAt = new Date((before?.hold?.endsAt.getTime() ?? 0) + 86_400_000).toISOString();
    await world.console.offboarding.changeHold({ ...of, change: "extend", endsAt, ...asked() });
    await world.console.offboarding.changeHold({ ...of, change: "cancel", ...asked() });
    const after = (await world.console.offboarding.get({ tenantId: closing.tenantId })).closing;
    expect(after?.hold?.endsAt.toISOString()).toBe(endsAt);
    expect(after?.changes.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["began", null],
      ["extended", reason],
      ["cancelled", reason],
    ]);
    expect(after).toMatchObject({ approvedBy: expect.stringMatching(/^operator:/), cancelledBy: `operator:${world.operatorId}` });
  });

  test("ends earlier by two operators never: an owner has to want the same end", async () => {
    const closing = await held();
    const endsAt = new Date(Date.now() + 86_400_000).toISOString();
    const shorten = () => ({ ...idsOf(closing), change: "shorten" as const, endsAt, ...asked() });
    await world.console.offboarding.changeHold(shorten());
    await second.offboarding.changeHold(shorten());
    const { closing: seen } = await world.console.offboarding.get({ tenantId: closing.tenantId });
    expect(seen?.hold?.endsAt.getTime()).toBeGreaterThan(Date.parse(endsAt));
    expect(seen?.shortening?.to.toISOString()).toBe(endsAt);
  });

  test("shows what its steps have counted", async () => {
    const closing = await held();
    const evidence = { type: "store", store: "control.members", label: "Memberships", disposition: "deleted", before: 1, after: 0 };
    await withControl(world.worker, { tenantId: closing.tenantId }, (tx) => recordEvidence(tx, closing, "store:control.members", evidence));
    const { closing: seen } = await world.console.offboarding.get({ tenantId: closing.tenantId });
    expect(seen?.evidence).toEqual([{ item: "store:control.members", evidence, recordedAt: expect.any(Date) }]);
  });
});

test("behind the point of no return a parked closing is tried again, and never rolled back", async () => {
  const { tenantId, operationId } = await held();
  const step = "delete-objects";
  await world.query(
    `insert into control.operation_steps (tenant_id, operation_id, step, position, stage, state, error_code, error_message, started_at, finished_at)
     values ($1, $2, $3, 7, 7, 'FAILED', 'UNAVAILABLE', 'S3 is away.', now(), now())`,
    [tenantId, operationId, step],
  );
  await world.query(
    "update control.operations set state = 'NEEDS_ATTENTION', attention_step = $3, attention_code = 'UNAVAILABLE', attention_reason = 'S3 is away.' where tenant_id = $1 and operation_id = $2",
    [tenantId, operationId, step],
  );
  const intervene = (action: "retry-step" | "roll-back") =>
    world.console.operations.intervene({ tenantId, operationId, action, step, ...asked() });
  await expect(intervene("roll-back")).rejects.toEqual(refused("past-no-return"));
  expect((await intervene("retry-step")).outcome).toBe("requested");
});

test("nobody sees or decides anything without signing in", async () => {
  const closing = await requested();
  const { tenantId, slug } = closing;
  const { offboarding } = world.anonymous;
  const attempts = [
    () => offboarding.get({ tenantId }),
    () => offboarding.request({ tenantId, confirmation: slug, ...asked() }),
    () => offboarding.decide({ ...idsOf(closing), decision: "approve", ...asked() }),
    () => offboarding.changeHold({ ...idsOf(closing), change: "cancel", ...asked() }),
    () => offboarding.placeLegalHold({ tenantId, caseNumber: "2031-5", reason }),
    () => offboarding.releaseLegalHold({ tenantId, holdId: newId("legalHold"), reason }),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});
