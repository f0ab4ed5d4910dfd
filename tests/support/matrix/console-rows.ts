import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type { OperatorScope } from "@leasehold/domain/operators";
import { listProcedures } from "@leasehold/tenancy/trpc/procedure-meta";
import { consoleRouter } from "../../../apps/console/src/server/router.ts";
import { parkOperation } from "../console-fixtures.ts";
import { operators } from "../operators.ts";
import { byRole } from "./callers.ts";
import type { Case } from "./case.ts";
import { keyLossChanges, swappedKeyLoss } from "./key-loss-rows.ts";
import { rotationOf } from "./key-rows.ts";
import { resentMail, swappedMail } from "./mail-rows.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { operatorChanges, swappedLegalHold } from "./offboarding-rows.ts";
import { resetRows } from "./second-factor-reset-rows.ts";
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

/** The scope that a procedure declares. */
function declaredBy(name: string) {
  const found = listProcedures(consoleRouter).find(({ path }) => path === name);
  const { scope } = (found?.meta ?? {}) as { scope?: OperatorScope };
  if (found === undefined || scope === undefined) throw new Error(`the console's ${name} declares no scope`);
  return { scope, isChange: found.type === "mutation" };
}

/**
 * Operators whose role has the scope see the fleet; nobody else sees anything. The least of the roles makes the change; of the others a
 * request that is not whole shows that they would be heard.
 */
function operatorCases(name: string, world: MatrixWorld, { input, swap, change }: ConsoleRow): Case[] {
  const { scope, isChange } = declaredBy(name);
  const made = change ?? { input };
  const asked = byRole(world, scope).map(
    ({ caller, expect }): Case => ({ what: `as ${caller.name}`, caller, input: made.input, expect, seesBoth: expect === "ok" }),
  );
  const heard = asked.filter(({ expect }) => expect === "ok");
  const [least] = heard;
  if (least === undefined) throw new Error(`nobody has ${scope}`);
  const others = isChange ? heard.slice(1).map((each): Case => ({ ...each, input: {}, expect: "VALIDATION" })) : heard.slice(1);
  const swapped = swap === undefined ? [] : [{ ...least, what: "an id of another tenant", ...swap, twin: { input: swap.twin } }];
  return [...asked.filter(({ expect }) => expect !== "ok"), ...swapped, { ...least, ...change }, ...others];
}

const decision = () => ({ reason: "tried by a test", idempotencyKey: newId("request") });

const makers: Record<string, (world: MatrixWorld) => ConsoleRow | Promise<ConsoleRow>> = {
  "tenants.list": () => ({ input: { limit: 10 } }),
  "tenants.get": (world) => ({ input: { tenantId: world.ours.tenantId } }),
  "tenants.slugAvailability": () => ({ input: { slug: "a-free-address" } }),
  "tenants.regions": () => ({}),
  "tenants.add": (world) => ({ input: newTenant(world) }),
  "tenants.resendInvitation": resendCases,
  "tenantRecords.resources": ofTenant,
  "tenantRecords.people": ofTenant,
  "tenantRecords.timeline": ofTenant,
  "tenantRecords.audit": ofTenant,
  "operations.ofTenant": ofTenant,
  "operations.attention": () => ({}),
  "operations.unreadableKeys": () => ({}),
  "operations.givenUpMail": () => ({}),
  "operations.resendMail": async (world) => ({ swap: await swappedMail(world), change: await resentMail(world) }),
  "operations.activity": () => ({}),
  "operations.rotateKey": async (world) => ({ change: await rotationOf(world) }),
  "operations.follow": (world) => ({
    input: { tenantId: world.ours.tenantId, operationId: world.ours.operationId },
    swap: { ...swapped(world, {}), expect: "ok" },
  }),
  "operations.intervene": async (world) => {
    const parked = await addTenant(world);
    await parkOperation({ worker: world.application.world.pool("control", "worker") }, parked.tenantId, parked.operationId);
    const request = { action: "retry-step", step: "key", ...decision() };
    return {
      swap: { ...swapped(world, request), expect: "NOT_FOUND" },
      change: {
        input: { ...parked, ...request },
        of: parked.tenantId,
        changes: ["control.audit", "control.commands"],
        audit: "operation.retry-requested",
      },
    };
  },
  "offboarding.get": ofTenant,
  "offboarding.request": async (world) => ({ change: await operatorChanges.request(world) }),
  "offboarding.decide": async (world) => underOurs(world, await operatorChanges.decide(world)),
  "offboarding.changeHold": async (world) => underOurs(world, await operatorChanges.changeHold(world)),
  "offboarding.placeLegalHold": async (world) => ({ change: await operatorChanges.placeLegalHold(world) }),
  "offboarding.releaseLegalHold": async (world) => ({
    swap: await swappedLegalHold(world),
    change: await operatorChanges.releaseLegalHold(world),
  }),
  "suspension.list": ofTenant,
  "suspension.suspend": async (world) => ({ change: await suspensionChanges.suspend(world) }),
  "suspension.resume": async (world) => ({ change: await suspensionChanges.resume(world) }),
  "keyLosses.request": async (world) => ({ change: await keyLossChanges.request(world) }),
  "keyLosses.decide": async (world) => ({ swap: await swappedKeyLoss(world), change: await keyLossChanges.decide(world) }),
  "sessions.ofTenant": ofTenant,
  "sessions.end": async (world) => await endedSessions(world),
  "secondFactors.ofTenant": ofTenant,
  "secondFactors.waiting": () => ({}),
  "secondFactors.request": async (world) => await resetRows.request(world),
  "secondFactors.decide": async (world) => await resetRows.decide(world),
  "operators.list": () => ({}),
  "operators.changeRole": () => ({ input: { operatorId: operators.sam, role: "support", reason: "tried by a test" } }),
  "operators.changeStanding": () => ({ input: { operatorId: operators.sam, active: true, reason: "tried by a test" } }),
  "operators.endSessions": () => ({ input: { operatorId: operators.sam, reason: "tried by a test" } }),
  "operators.resetSecondFactor": () => ({ input: { operatorId: operators.sam, reason: "tried by a test" } }),
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
    return {
      swap: { ...swapped(world, request), expect: "NOT_FOUND" },
      change: {
        input: { ...waiting, ...request },
        of: waiting?.tenantId ?? "",
        changes: ["control.audit", "control.commands", "control.operation_events", "control.operations"],
        audit: "onboarding.approved",
      },
    };
  },
};

export const consoleRows: Record<string, (world: MatrixWorld) => Promise<Case[]>> = Object.fromEntries(
  Object.entries(makers).map(([name, make]) => [name, async (world: MatrixWorld) => operatorCases(name, world, await make(world))]),
);

function ofTenant(world: MatrixWorld): ConsoleRow {
  return { input: { tenantId: world.ours.tenantId } };
}

/** Their operation, and none, under our tenant's id. */
function swapped({ ours, theirs }: MatrixWorld, request: object) {
  const of = (operationId: string) => ({ tenantId: ours.tenantId, operationId, ...request });
  return { input: of(theirs.operationId), twin: of(newId("operation")) };
}

/** A change of another tenant's closing, and of none, under our tenant's id. */
function underOurs({ ours }: MatrixWorld, change: NonNullable<ConsoleRow["change"]>): ConsoleRow {
  const input = { ...(change.input as object), tenantId: ours.tenantId };
  return { swap: { input, twin: { ...input, operationId: newId("operation") }, expect: "NOT_FOUND" }, change };
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
async function resendCases(world: MatrixWorld): Promise<ConsoleRow> {
  const { tenantId } = await addTenant(world);
  await world.rows(`begin; alter table control.tenants disable trigger user;
    update control.tenants set state = 'ACTIVE', current_operation = null where tenant_id = '${tenantId}';
    alter table control.tenants enable trigger user; update control.invitations set state = 'PENDING' where tenant_id = '${tenantId}'; commit`);
  const [invitation] = await world.rows<{ id: string }>("select invitation_id as id from control.invitations where tenant_id = $1", [
    tenantId,
  ]);
  const of = (invitationId: string) => ({ tenantId, invitationId, administratorEmail: "ada@guests.example", ...decision() });
  return {
    swap: { input: of(world.theirs.invitationId), twin: of(newId("invitation")), expect: "PRECONDITION_FAILED" },
    change: {
      input: of(invitation?.id ?? ""),
      of: tenantId,
      changes: ["control.audit", "control.invitations", "control.mail_outbox"],
      audit: "invitation.renewed",
    },
  };
}
