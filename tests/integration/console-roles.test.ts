import { readOperatorStanding } from "@leasehold/db/control/operators/read-operator-standing";
import { withControl } from "@leasehold/db/control/with-control";
import { newId } from "@leasehold/domain/ids";
import { operatorMay, operatorRoleScopes, operatorRoles, operatorScopes, rolesFor } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newTenantRequest, parkOperation } from "../support/console-fixtures.ts";
import { type ConsoleWorld, startConsoleWorld } from "../support/console-world.ts";
import { seedActiveTenant } from "../support/offboarding/closing.ts";
import { type KnownOperator, operators, roleOf } from "../support/operators.ts";
import { closedFor, suspendInCatalog } from "../support/suspension.ts";

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

const reason = "The case needs it";
const asked = () => ({ reason, idempotencyKey: newId("command") });
const one: KnownOperator[] = ["sam", "olga", "sid", "ada"];

test("the database and the console have one matrix", async () => {
  const rows = await world.query("select role, permission from control.operator_permissions order by role, permission");
  const written = operatorRoles.flatMap((role) => operatorRoleScopes[role].map((permission) => ({ role, permission })));
  expect(rows).toEqual(written.sort((a, b) => `${a.role} ${a.permission}`.localeCompare(`${b.role} ${b.permission}`)));
  for (const name of one)
    for (const scope of operatorScopes) {
      const [row] = await world.query("select control.operator_holds($1, $2) as holds", [`operator:${operators[name]}`, scope]);
      expect(row.holds, `${name} ${scope}`).toBe(operatorMay(roleOf(name), scope));
    }
});

describe("a role decides", () => {
  const legalHold = async (name: KnownOperator) => {
    const tenant = await seedActiveTenant({ query: world.queryOf });
    return world.consoleOf(name).offboarding.placeLegalHold({ tenantId: tenant.tenantId, caseNumber: newId("event"), reason });
  };
  const closing = async (name: KnownOperator) => {
    const { tenantId, slug } = await seedActiveTenant({ query: world.queryOf });
    return world.consoleOf(name).offboarding.request({ tenantId, confirmation: slug, ...asked() });
  };
  const adding = (name: KnownOperator) => world.consoleOf(name).tenants.add(newTenantRequest());
  const retrying = async (name: KnownOperator) => {
    const parked = await world.console.tenants.add(newTenantRequest());
    await parkOperation(world, parked.tenantId, parked.operationId);
    return world.consoleOf(name).operations.intervene({ ...parked, action: "retry-step", step: "key", ...asked() });
  };
  const suspending = async (name: KnownOperator) => {
    const { tenantId } = await seedActiveTenant({ query: world.queryOf });
    return world.consoleOf(name).suspension.suspend({ tenantId, kind: "security", access: "closed", ...asked() });
  };
  const resuming = async (name: KnownOperator) => {
    const { tenantId } = await seedActiveTenant({ query: world.queryOf });
    await suspendInCatalog(world, tenantId, closedFor);
    return world.consoleOf(name).suspension.resume({ tenantId, ...asked() });
  };
  const endingSessions = async (name: KnownOperator) => {
    const { tenantId, userId } = await seedActiveTenant({ query: world.queryOf });
    return world.consoleOf(name).sessions.end({ tenantId, userId, reason });
  };
  const resetting = async (name: KnownOperator) => {
    const { tenantId, userId } = await seedActiveTenant({ query: world.queryOf });
    return world.consoleOf(name).secondFactors.request({ tenantId, userId, reason });
  };
  const cases = [
    ["a legal hold", "legal-holds:manage", legalHold],
    ["a closing", "tenants:close", closing],
    ["a new tenant", "tenants:onboard", adding],
    ["a retry", "operations:run", retrying],
    ["a suspension", "tenants:suspend", suspending],
    ["the end of a suspension", "tenants:suspend", resuming],
    ["the end of somebody’s sessions", "sessions:end", endingSessions],
    ["the end of somebody’s second factor", "second-factors:reset", resetting],
    ["the list of operators", "operators:manage", (name: KnownOperator) => world.consoleOf(name).operators.list()],
  ] as const;
  test.each(cases)("%s", async (_what, scope, attempt) => {
    for (const name of one) {
      if (operatorMay(roleOf(name), scope)) await attempt(name);
      else {
        const refused = await attempt(name).then(
          () => undefined,
          (error: { code: string; message: string }) => error,
        );
        expect(refused?.code, name).toBe("FORBIDDEN");
        expect(refused?.message).toContain(rolesFor(scope));
      }
    }
  });

  test("everybody with a role sees tenants, and somebody without one nothing", async () => {
    for (const name of one) expect((await world.consoleOf(name).tenants.list({ limit: 1 })).items).toHaveLength(1);
    await expect(world.withoutRole.tenants.list({ limit: 1 })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("operators who are deactivated", () => {
  const standing = (by: KnownOperator, whom: KnownOperator, active: boolean) =>
    world.consoleOf(by).operators.changeStanding({ operatorId: operators[whom], active, reason });
  const holds = async (whom: KnownOperator) =>
    (await world.query("select control.operator_holds($1, 'tenants:read') as holds", [`operator:${operators[whom]}`]))[0].holds;

  test("an admin deactivates another and lets them in again; their sessions end, and the database refuses what they do", async () => {
    await world.query("insert into console_identity.operators (id, name, email) values ($1, 'Sid', 'sid@example.test')", [operators.sid]);
    await world.query(
      "insert into console_identity.sessions (id, operator_id, token, expires_at) values ('s', $1, 'secret', now() + interval '1 hour')",
      [operators.sid],
    );
    const { tenantId } = await seedActiveTenant({ query: world.queryOf });
    const place = () => world.consoleOf("sid").offboarding.placeLegalHold({ tenantId, caseNumber: newId("event"), reason });
    await place();
    expect([await standing("ada", "sid", false), await standing("ada", "sid", false)]).toEqual(["changed", "unchanged"]);
    expect(await world.query("select from console_identity.sessions where operator_id = $1", [operators.sid])).toEqual([]);
    expect(await holds("sid")).toBe(false);
    await expect(place()).rejects.toMatchObject({ code: "FORBIDDEN" });
    // Another role does not let them in.
    await world.console.operators.changeRole({ operatorId: operators.sid, role: "operator", reason });
    expect(await holds("sid")).toBe(false);
    await world.console.operators.changeRole({ operatorId: operators.sid, role: "security", reason });
    const shown = await world.console.operators.list();
    expect(shown.operators.find(({ operatorId }) => operatorId === operators.sid)).toMatchObject({ role: "security", active: false });
    expect(await standing("ada", "sid", true)).toBe("changed");
    expect(await readOperatorStanding(world.operator, operators.sid)).toEqual({ role: "security", active: true });
    await place();
    const { changes } = await world.console.operators.list();
    const his = changes.filter(({ operatorId }) => operatorId === operators.sid).map(({ what }) => what);
    expect(his.slice(0, 4)).toEqual(["reactivated", "role", "role", "deactivated"]);
  });

  test("nobody deactivates themselves, somebody unknown, or without being an admin", async () => {
    await expect(standing("ada", "ada", false)).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
    for (const by of ["sam", "olga", "sid"] as const)
      await expect(standing(by, "mary", false)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const unknown = { operatorId: newId("operator"), active: false, reason };
    await expect(world.console.operators.changeStanding(unknown)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("what they asked for and nobody has approved does not count; what they approved stands", async () => {
    const close = async () => {
      const { tenantId, slug } = await seedActiveTenant({ query: world.queryOf });
      const { operationId } = await world.consoleOf("olga").offboarding.request({ tenantId, confirmation: slug, ...asked() });
      return { tenantId, operationId, ...asked() };
    };
    const [waiting, begun] = [await close(), await close()];
    expect(await world.consoleOf("grace").offboarding.decide({ ...begun, decision: "approve" })).toBe("approved");
    await standing("ada", "olga", false);
    await standing("ada", "grace", false);
    const approve = { ...waiting, decision: "approve" as const };
    await expect(world.console.offboarding.decide(approve)).rejects.toMatchObject({
      code: "PRECONDITION_FAILED",
      message: expect.stringContaining("does not count"),
    });
    const [row] = await world.query("select state from control.operations where operation_id = $1", [begun.operationId]);
    expect(row.state).toBe("REQUESTED");
    for (const name of ["olga", "grace"] as const) await standing("ada", name, true);
    expect(await world.console.offboarding.decide(approve)).toBe("approved");
  });
});

test("an admin signs another operator out everywhere, and it is told who did; nobody does it to themselves", async () => {
  await world.query("insert into console_identity.operators (id, name, email) values ($1, 'Linus', 'linus@example.test')", [
    operators.linus,
  ]);
  await world.query(
    "insert into console_identity.sessions (id, operator_id, token, expires_at) values ('l', $1, 'his secret', now() + interval '1 hour')",
    [operators.linus],
  );
  const end = (by: KnownOperator) => world.consoleOf(by).operators.endSessions({ operatorId: operators.linus, reason });
  await expect(end("linus")).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
  await expect(end("sid")).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await world.query("select from console_identity.sessions where operator_id = $1", [operators.linus])).toHaveLength(1);
  await end("ada");
  expect(await world.query("select from console_identity.sessions where operator_id = $1", [operators.linus])).toEqual([]);
  expect((await world.console.operators.list()).sessionEnds).toMatchObject([{ name: "Linus", reason, secondFactor: false }]);
});

test("an admin takes the second factor of another operator who has lost it, which signs them out; nobody takes their own", async () => {
  const id = operators.grace;
  await world.query(
    "insert into console_identity.operators (id, name, email, two_factor_enabled) values ($1, 'Grace', 'grace@example.test', true)",
    [id],
  );
  await world.query(
    "insert into console_identity.two_factors (id, operator_id, secret, backup_codes, verified) values ('f', $1, 'sealed', 'sealed', true)",
    [id],
  );
  await world.query(
    "insert into console_identity.sessions (id, operator_id, token, expires_at) values ('g', $1, 'her secret', now() + interval '1 hour')",
    [id],
  );
  const left = () =>
    world.query(
      `select two_factor_enabled as on, (select count(*)::integer from console_identity.two_factors where operator_id = $1) as factors,
         (select count(*)::integer from console_identity.sessions where operator_id = $1) as sessions from console_identity.operators where id = $1`,
      [id],
    );
  const reset = (by: KnownOperator) => world.consoleOf(by).operators.resetSecondFactor({ operatorId: id, reason });
  await expect(reset("grace")).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
  await expect(reset("sid")).rejects.toMatchObject({ code: "FORBIDDEN" });
  const shown = async () => (await world.console.operators.list()).operators.find(({ operatorId }) => operatorId === id)?.hasSecondFactor;
  expect([await left(), await shown()]).toEqual([[{ on: true, factors: 1, sessions: 1 }], true]);
  await reset("ada");
  expect([await left(), await shown()]).toEqual([[{ on: false, factors: 0, sessions: 0 }], false]);
  expect((await world.console.operators.list()).sessionEnds[0]).toMatchObject({ name: "Grace", reason, secondFactor: true });
});

describe("roles of operators", () => {
  test("an admin changes another's role, with a reason, and it is told who did", async () => {
    const change = { operatorId: operators.mary, role: "security" as const, reason: "Takes over legal cases" };
    expect(await world.console.operators.changeRole(change)).toBe("changed");
    expect(await world.console.operators.changeRole(change)).toBe("unchanged");
    const { changes } = await world.console.operators.list();
    expect(changes[0]).toMatchObject({ operatorId: operators.mary, role: "security", reason: change.reason });
    expect(
      await world.query("select role, changed_by from control.operator_roles where operator_id = $1 order by seq", [operators.mary]),
    ).toEqual([
      { role: "admin", changed_by: "system:test" },
      { role: "security", changed_by: `operator:${operators.ada}` },
    ]);
  });

  test("nobody changes their own, so that an admin is left; and two admins who take it from each other leave one", async () => {
    await expect(world.console.operators.changeRole({ operatorId: operators.ada, role: "support", reason })).rejects.toMatchObject({
      code: "PRECONDITION_FAILED",
    });
    const demote = (by: KnownOperator, whom: KnownOperator) =>
      world.consoleOf(by).operators.changeRole({ operatorId: operators[whom], role: "support", reason });
    const both = await Promise.allSettled([demote("grace", "linus"), demote("linus", "grace")]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((each) => each.status === "rejected")).toMatchObject({ reason: { code: "FORBIDDEN" } });
  });

  test("somebody nobody knows gets no role this way", async () => {
    const unknown = { operatorId: newId("operator"), role: "admin" as const, reason };
    await expect(world.console.operators.changeRole(unknown)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("the database refuses what a console that does not ask would write, and says what is missing", async () => {
    const { tenantId } = await seedActiveTenant({ query: world.queryOf });
    const place = (by: string) =>
      withControl(world.operator, { tenantId }, (tx) =>
        tx.execute(sql`
          insert into control.legal_holds (tenant_id, hold_id, case_number, reason, placed_by)
          values (${tenantId}, ${newId("legalHold")}, ${newId("event")}, 'r', ${by})`),
      );
    for (const by of [operators.sam, operators.olga, newId("operator")])
      await expect(place(`operator:${by}`)).rejects.toMatchObject({ code: "FORBIDDEN", reason: "operator-role" });
    await place(`operator:${operators.sid}`);
  });
});
