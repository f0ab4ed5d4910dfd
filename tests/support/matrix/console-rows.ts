import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { parkOperation } from "../console-fixtures.ts";
import { operators } from "../operators.ts";
import { consoleCallers } from "./callers.ts";
import type { Case } from "./case.ts";
import { keyLossChanges, swappedKeyLoss } from "./key-loss-rows.ts";
import { rotationOf } from "./key-rows.ts";
import { resentMail, swappedMail } from "./mail-rows.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { operatorChanges, swappedLegalHold } from "./offboarding-rows.ts";
import { endedSessions } from "./session-rows.ts";
import { suspensionChanges } from "./suspension-rows.ts";

interface Operation {
  tenantId: TenantId;
  operationId: OperationId;
}

interface ConsoleRow {
  input?: unknown;
  /** Another operation's id under this tenant, and one that does not exist. */
  swap?: { input: unknown; twin: unknown; expect: string };
  /** A change that an operator makes, and where. */
  change?: { input: unknown; of: string; changes: readonly string[]; audit: string };
}

/** Operators see the fleet; nobody else sees anything. */
async function operatorCases(world: MatrixWorld, { input, swap, change }: ConsoleRow): Promise<Case[]> {
  const callers = consoleCallers(world);
  const outside = Object.values(callers).filter(({ name }) => name !== "operator");
  const cases: Case[] = outside.map((caller) => ({
    what: `as ${caller.name}`,
    caller,
    input: change?.input ?? input,
    expect: "UNAUTHENTICATED",
  }));
  const operator = { caller: world.operator, seesBoth: true };
  if (swap !== undefined)
    cases.push({ ...operator, what: "an id of another tenant", input: swap.input, expect: swap.expect, twin: { input: swap.twin } });
  if (change !== undefined) cases.push({ ...operator, what: "as operator", expect: "ok", ...change });
  else cases.push({ ...operator, what: "as operator", input, expect: "ok" });
  return cases;
}

const decision = () => ({ reason: "tried by a test", idempotencyKey: newId("request") });

export const consoleRows: Record<string, (world: MatrixWorld) => Promise<Case[]>> = {
  "tenants.list": (world) => operatorCases(world, { input: { limit: 10 } }),
  "tenants.get": (world) => operatorCases(world, { input: { tenantId: world.ours.tenantId } }),
  "tenants.slugAvailability": (world) => operatorCases(world, { input: { slug: "a-free-address" } }),
  "tenants.regions": (world) => operatorCases(world, {}),
  "tenants.add": (world) => operatorCases(world, { input: newTenant(world) }),
  "tenants.resendInvitation": resendCases,
  "tenantRecords.resources": ofTenant,
  "tenantRecords.people": ofTenant,
  "tenantRecords.timeline": ofTenant,
  "tenantRecords.audit": ofTenant,
  "operations.ofTenant": ofTenant,
  "operations.attention": (world) => operatorCases(world, {}),
  "operations.unreadableKeys": (world) => operatorCases(world, {}),
  "operations.givenUpMail": (world) => operatorCases(world, {}),
  "operations.resendMail": async (world) => operatorCases(world, { swap: await swappedMail(world), change: await resentMail(world) }),
  "operations.activity": (world) => operatorCases(world, {}),
  "operations.rotateKey": async (world) => operatorCases(world, { change: await rotationOf(world) }),
  "operations.follow": (world) =>
    operatorCases(world, {
      input: { tenantId: world.ours.tenantId, operationId: world.ours.operationId },
      swap: { ...swapped(world, {}), expect: "ok" },
    }),
  "operations.intervene": async (world) => {
    const parked = await addTenant(world);
    await parkOperation({ worker: world.application.world.pool("control", "worker") }, parked.tenantId, parked.operationId);
    const request = { action: "retry-step", step: "key", ...decision() };
    return operatorCases(world, {
      swap: { ...swapped(world, request), expect: "NOT_FOUND" },
      change: {
        input: { ...parked, ...request },
        of: parked.tenantId,
        changes: ["control.audit", "control.commands"],
        audit: "operation.retry-requested",
      },
    });
  },
  "offboarding.get": ofTenant,
  "offboarding.request": async (world) => operatorCases(world, { change: await operatorChanges.request(world) }),
  "offboarding.decide": async (world) => {
    const request = { decision: "approve", ...decision() };
    return operatorCases(world, {
      swap: { ...swapped(world, request), expect: "NOT_FOUND" },
      change: await operatorChanges.decide(world),
    });
  },
  "offboarding.changeHold": async (world) => {
    const request = { change: "cancel", ...decision() };
    return operatorCases(world, {
      swap: { ...swapped(world, request), expect: "NOT_FOUND" },
      change: await operatorChanges.changeHold(world),
    });
  },
  "offboarding.placeLegalHold": async (world) => operatorCases(world, { change: await operatorChanges.placeLegalHold(world) }),
  "offboarding.releaseLegalHold": async (world) =>
    operatorCases(world, { swap: await swappedLegalHold(world), change: await operatorChanges.releaseLegalHold(world) }),
  "suspension.list": ofTenant,
  "suspension.suspend": async (world) => operatorCases(world, { change: await suspensionChanges.suspend(world) }),
  "suspension.resume": async (world) => operatorCases(world, { change: await suspensionChanges.resume(world) }),
  "keyLosses.request": async (world) => operatorCases(world, { change: await keyLossChanges.request(world) }),
  "keyLosses.decide": async (world) =>
    operatorCases(world, { swap: await swappedKeyLoss(world), change: await keyLossChanges.decide(world) }),
  "sessions.ofTenant": ofTenant,
  "sessions.end": async (world) => operatorCases(world, await endedSessions(world)),
  "operators.list": (world) => operatorCases(world, {}),
  "operators.changeRole": (world) =>
    operatorCases(world, { input: { operatorId: operators.sam, role: "support", reason: "tried by a test" } }),
  "operators.changeStanding": (world) =>
    operatorCases(world, { input: { operatorId: operators.sam, active: true, reason: "tried by a test" } }),
  "operators.endSessions": (world) => operatorCases(world, { input: { operatorId: operators.sam, reason: "tried by a test" } }),
  "operations.decide": async (world) => {
    const { portal } = world;
    const form = portal.form({ plan: "enterprise" });
    const { signUpId } = await portal.browser()((call) => call.signUp.request(form));
    await portal.browser()((call) => call.signUp.confirm({ token: portal.tokenOf(signUpId), password: form.password }));
    const [waiting] = await world.rows<{ tenantId: TenantId; operationId: OperationId }>(
      `select tenant_id as "tenantId", operation_id as "operationId" from control.sign_ups where sign_up_id = $1`,
      [signUpId],
    );
    const request = { decision: "approve", ...decision() };
    return operatorCases(world, {
      swap: { ...swapped(world, request), expect: "NOT_FOUND" },
      change: {
        input: { ...waiting, ...request },
        of: waiting?.tenantId ?? "",
        changes: ["control.audit", "control.commands", "control.operation_events", "control.operations"],
        audit: "onboarding.approved",
      },
    });
  },
};

function ofTenant(world: MatrixWorld): Promise<Case[]> {
  return operatorCases(world, { input: { tenantId: world.ours.tenantId } });
}

/** Their operation, and none, under our tenant's id. */
function swapped({ ours, theirs }: MatrixWorld, request: object) {
  const of = (operationId: string) => ({ tenantId: ours.tenantId, operationId, ...request });
  return { input: of(theirs.operationId), twin: of(newId("operation")) };
}

const newTenant = (world: MatrixWorld) => {
  const { organizationName, slug, email, plan } = world.portal.form();
  const region = world.portal.portal.env.LEASEHOLD_REGION;
  return { idempotencyKey: newId("request"), organizationName, slug, plan, region, administratorEmail: email };
};

async function addTenant(world: MatrixWorld): Promise<Operation> {
  const procedures = await world.consoleFor(new Headers({ cookie: world.operator.cookie ?? "" }));
  const { tenantId, operationId } = await procedures.tenants.add(newTenant(world));
  return { tenantId, operationId };
}

/** The first administrator's invitation of a tenant that nobody has entered yet. */
async function resendCases(world: MatrixWorld): Promise<Case[]> {
  const { tenantId } = await addTenant(world);
  await world.rows(`begin; alter table control.tenants disable trigger user;
    update control.tenants set state = 'ACTIVE', current_operation = null where tenant_id = '${tenantId}';
    alter table control.tenants enable trigger user; update control.invitations set state = 'PENDING' where tenant_id = '${tenantId}'; commit`);
  const [invitation] = await world.rows<{ id: string }>("select invitation_id as id from control.invitations where tenant_id = $1", [
    tenantId,
  ]);
  const of = (invitationId: string) => ({ tenantId, invitationId, administratorEmail: "ada@guests.example", ...decision() });
  return operatorCases(world, {
    swap: { input: of(world.theirs.invitationId), twin: of(newId("invitation")), expect: "PRECONDITION_FAILED" },
    change: {
      input: of(invitation?.id ?? ""),
      of: tenantId,
      changes: ["control.audit", "control.invitations", "control.mail_outbox"],
      audit: "invitation.renewed",
    },
  });
}
