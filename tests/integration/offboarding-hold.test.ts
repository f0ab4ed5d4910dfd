import { changeHold, type HoldChange } from "@leasehold/db/control/offboarding/change-hold";
import { decideOffboarding } from "@leasehold/db/control/offboarding/decide-offboarding";
import { endHold } from "@leasehold/db/control/offboarding/end-hold";
import { reopenTenant } from "@leasehold/db/control/offboarding/end-offboarding";
import { listLegalHolds, placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { type ControlTransaction, withControl } from "@leasehold/db/control/with-control";
import type { TenantContext } from "@leasehold/domain/context";
import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import {
  type Closing,
  connectControl,
  dayMs,
  holdBegins,
  openClosing,
  readFacts,
  requestClosing,
  seedActiveTenant,
} from "../support/offboarding/closing.ts";
import { operators } from "../support/operators.ts";

let databases: TestDatabases;
let pools: ReturnType<typeof connectControl>;
let closing: Closing;
beforeAll(async () => {
  databases = await createTestDatabases();
  pools = connectControl(databases);
});
beforeEach(async () => {
  closing = await openClosing(databases, pools);
});
afterAll(async () => {
  await pools.end();
  await databases[Symbol.asyncDispose]();
});

const reason = "Decided in a test";
const day = (count: number) => new Date(holdBegins + count * dayMs).toISOString();
const past = (name: string) => ({ code: "PRECONDITION_FAILED", reason: name });
const change = (pool: pg.Pool, ctx: TenantContext, asked: HoldChange, idempotencyKey: string = newId("command")) =>
  changeHold(pool, ctx, { ...asked, operationId: closing.operationId, reason, idempotencyKey });
const byOwner = (asked: HoldChange, key?: string) => change(pools.portal, closing.owner, asked, key);
const byOperator = (asked: HoldChange) => change(pools.operator, closing.operator(), asked);
const shred = () => endHold(pools.worker, { ...closing, at: new Date(day(30)) });
const inside = (pool: pg.Pool, work: (tx: ControlTransaction) => Promise<unknown>) =>
  withControl(pool, { tenantId: closing.tenantId }, work);
const place = (caseNumber = "2031-7", who = closing.operator()) => placeLegalHold(pools.operator, who, { caseNumber, reason });

describe("past the point of no return", () => {
  beforeEach(async () => {
    expect(await shred()).toBe("shredding");
  });

  test.each<HoldChange>([
    { change: "cancel" },
    { change: "extend", endsAt: day(40) },
    { change: "shorten", endsAt: day(20) },
    { change: "withdraw-shortening" },
  ])("nothing about the hold is decided: $change", async (asked) => {
    await expect(byOwner(asked)).rejects.toMatchObject(past("past-no-return"));
    await expect(byOperator(asked)).rejects.toMatchObject(past("past-no-return"));
    const { state, cancelled, ends_at } = await readFacts(databases, closing);
    expect({ state, cancelled, ends_at }).toEqual({ state: "SHREDDING", cancelled: false, ends_at: new Date(day(30)) });
  });

  test("no legal hold is placed, and the operation is not rolled back", async () => {
    await expect(place()).rejects.toMatchObject(past("past-no-return"));
    const back = inside(pools.worker, (tx) =>
      tx.execute(sql`update control.operations set state = 'ROLLING_BACK' where operation_id = ${closing.operationId}`),
    );
    await expect(back).rejects.toMatchObject(past("past-no-return"));
  });

  test("the tenant is not reopened, whoever asks the database for it", async () => {
    await inside(pools.worker, (tx) => reopenTenant(tx, closing));
    expect((await readFacts(databases, closing)).state).toBe("SHREDDING");
  });
});

describe("an end that comes earlier", () => {
  test("needs the wish of both sides for the very same moment", async () => {
    expect(await byOwner({ change: "shorten", endsAt: day(10) })).toMatchObject({ endsAt: day(30), shortenTo: day(10) });
    expect(await byOwner({ change: "shorten", endsAt: day(10) })).toMatchObject({ endsAt: day(30) });
    expect(await byOperator({ change: "shorten", endsAt: day(9) })).toMatchObject({ endsAt: day(30), shortenTo: day(9) });
    expect(await byOwner({ change: "shorten", endsAt: day(9) })).toMatchObject({ endsAt: day(9) });
    expect((await readFacts(databases, closing)).ends_at).toEqual(new Date(day(9)));
  });

  test("is off when the wish is withdrawn, or the hold is extended meanwhile", async () => {
    await byOwner({ change: "shorten", endsAt: day(10) });
    await byOwner({ change: "withdraw-shortening" });
    expect(await byOperator({ change: "shorten", endsAt: day(10) })).toMatchObject({ endsAt: day(30) });
    await byOwner({ change: "extend", endsAt: day(31) });
    expect(await byOwner({ change: "shorten", endsAt: day(10) })).toMatchObject({ endsAt: day(31) });
  });

  test.each([
    ["portal", "operator:opr_forged"],
    ["operator", "user:usr_forged"],
  ] as const)("is not forged as the %s alone", async (role, forged) => {
    const as = (work: (tx: ControlTransaction) => Promise<unknown>) => inside(pools[role], work);
    const mine = sql`where tenant_id = ${closing.tenantId}`;
    const both = past("both-sides");
    await expect(as((tx) => tx.execute(sql`update control.offboardings set hold_ends_at = ${day(1)} ${mine}`))).rejects.toMatchObject(both);
    await expect(
      as((tx) => tx.execute(sql`update control.offboardings set shorten_to = ${day(1)}, shorten_by = ${forged} ${mine}`)),
    ).rejects.toMatchObject(both);
    await (role === "portal" ? byOperator : byOwner)({ change: "shorten", endsAt: day(20) });
    await expect(as((tx) => tx.execute(sql`update control.offboardings set shorten_to = ${day(1)} ${mine}`))).rejects.toMatchObject(both);
    await expect(as((tx) => tx.execute(sql`update control.offboardings set hold_ends_at = ${day(1)} ${mine}`))).rejects.toMatchObject(both);
    expect((await readFacts(databases, closing)).ends_at).toEqual(new Date(day(30)));
  });
});

describe("whoever cancels", () => {
  test("does so once, and cancels what nobody can take back", async () => {
    const key = newId("command");
    expect(await byOwner({ change: "cancel" }, key)).toMatchObject({ cancelled: true });
    expect(await byOwner({ change: "cancel" }, key)).toMatchObject({ cancelled: true });
    await expect(byOperator({ change: "extend", endsAt: day(40) })).rejects.toMatchObject(past("closing-cancelled"));
    for (const values of [sql`cancelled_at = null, cancelled_by = null`, sql`cancelled_by = 'user:usr_other'`, sql`cancel_reason = 'x'`])
      await expect(
        inside(pools.portal, (tx) => tx.execute(sql`update control.offboardings set ${values} where tenant_id = ${closing.tenantId}`)),
      ).rejects.toMatchObject(past("past-no-return"));
    expect(await shred()).toBe("cancelled");
  });

  test("is not named as somebody of the other side", async () => {
    const as = (role: "portal" | "operator", by: string) =>
      inside(pools[role], (tx) =>
        tx.execute(sql`update control.offboardings set cancelled_at = now(), cancelled_by = ${by} where tenant_id = ${closing.tenantId}`),
      );
    await expect(as("portal", "operator:opr_x")).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
    await expect(as("operator", "user:usr_x")).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
  });

  test.each(["ACTIVE", "SUSPENDED"] as const)("finds the tenant %s again", async (state) => {
    closing = await openClosing(databases, pools, { state });
    await byOwner({ change: "cancel" });
    await inside(pools.worker, (tx) => reopenTenant(tx, closing));
    const facts = await readFacts(databases, closing);
    expect(facts).toMatchObject({ state, current_operation: null, cancelled: true });
    await inside(pools.worker, (tx) => reopenTenant(tx, closing));
    const told = await databases.query("control", "select from control.outbox where operation_id = $1 and type = 'tenant.reopened'", [
      closing.operationId,
    ]);
    expect(told).toHaveLength(1);
  });
});

describe("four eyes", () => {
  const approve = (who: TenantContext, decision: "approve" | "reject" = "approve") =>
    decideOffboarding(pools.operator, {
      tenantId: closing.tenantId,
      operationId: closing.operationId,
      decision,
      reason,
      idempotencyKey: newId("command"),
      operatorId: who.actor.type === "operator" ? who.actor.operatorId : "",
      requestId: newId("request"),
    });
  beforeEach(async () => {
    closing = await requestClosing(pools, await seedActiveTenant(databases), { by: "operator" });
  });

  test("an operator's request waits for another operator; whoever asked may only take it back", async () => {
    expect(await readFacts(databases, closing)).toMatchObject({ state: "ACTIVE", operation: "AWAITING_APPROVAL" });
    await expect(approve(closing.operator("ada"))).rejects.toMatchObject(past("second-operator"));
    expect(await approve(closing.operator("grace"))).toBe("approved");
    expect(await approve(closing.operator("grace"))).toBe("repeated");
    await expect(approve(closing.operator("ada"), "reject")).rejects.toMatchObject(past("not-awaiting-approval"));
    expect((await readFacts(databases, closing)).operation).toBe("REQUESTED");
    closing = await requestClosing(pools, await seedActiveTenant(databases), { by: "operator" });
    expect(await approve(closing.operator("ada"), "reject")).toBe("rejected");
    await expect(approve(closing.operator("grace"))).rejects.toMatchObject(past("not-awaiting-approval"));
  });

  test("two who decide at once do not both", async () => {
    const both = await Promise.allSettled([approve(closing.operator("grace")), approve(closing.operator("linus"), "reject")]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("the database holds it by itself", async () => {
    const asOperator = (statement: ReturnType<typeof sql>) => inside(pools.operator, (tx) => tx.execute(statement));
    const mine = sql`where tenant_id = ${closing.tenantId}`;
    const { actor } = closing.operator("ada");
    const requester = `operator:${actor.type === "operator" ? actor.operatorId : ""}`;
    const goes = sql`update control.operations set state = 'REQUESTED' ${mine}`;
    await expect(asOperator(goes)).rejects.toMatchObject(past("second-operator"));
    const approved = (by: string) => sql`update control.offboardings set approved_by = ${by}, approved_at = now() ${mine}`;
    await expect(asOperator(approved(requester))).rejects.toMatchObject({ code: "VALIDATION" });
    await expect(asOperator(approved("user:usr_x"))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await asOperator(approved(`operator:${operators.grace}`));
    await expect(asOperator(approved(`operator:${operators.linus}`))).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
    await expect(inside(pools.portal, (tx) => tx.execute(approved(`operator:${operators.mary}`)))).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });

  test("no operator begins a closing without, or in an owner's name", async () => {
    const other = await seedActiveTenant(databases);
    const insert = (state: string) => {
      const operationId = newId("operation");
      return withControl(pools.operator, other, async (tx) => {
        await tx.execute(sql`insert into control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by, subject)
          values (${other.tenantId}, ${operationId}, 'offboarding', ${state}, ${`offboarding:${operationId}`}, 'operator:opr_x', '{}')`);
        await tx.execute(sql`insert into control.offboardings (tenant_id, operation_id, from_state, requested_by, hold_days, with_export)
          values (${other.tenantId}, ${operationId}, 'ACTIVE', 'user:usr_x', 0, false)`);
      });
    };
    await expect(insert("REQUESTED")).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(insert("AWAITING_APPROVAL")).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("a legal hold", () => {
  test("is any number at once, one for a case, and stops the end until the last is released", async () => {
    const [one, again, two] = [await place("1"), await place("1"), await place("2")];
    expect([again.holdId, again.outcome, two.outcome]).toEqual([one.holdId, "open", "placed"]);
    const release = (holdId: string) => releaseLegalHold(pools.operator, closing.operator("grace"), { holdId, reason });
    expect(await release(two.holdId)).toBe("released");
    expect(await shred()).toBe("legal-hold");
    expect(await release(two.holdId)).toBe("repeated");
    expect(await release(one.holdId)).toBe("released");
    expect(await shred()).toBe("shredding");
    expect((await listLegalHolds(pools.operator, closing.tenantId)).map(({ releasedAt }) => releasedAt !== null)).toEqual([true, true]);
  });

  test("is released once, by no statement undone, and placed on nobody past the end", async () => {
    const { holdId } = await place();
    await releaseLegalHold(pools.operator, closing.operator(), { holdId, reason });
    for (const values of [sql`released_at = null, released_by = null`, sql`released_by = 'operator:opr_other'`])
      await expect(
        inside(pools.operator, (tx) => tx.execute(sql`update control.legal_holds set ${values} where hold_id = ${holdId}`)),
      ).rejects.toMatchObject(past("illegal-transition"));
  });

  test("placed before the closing holds it all the same", async () => {
    const tenant = await seedActiveTenant(databases);
    await placeLegalHold(pools.operator, tenant.operator(), { caseNumber: "early", reason });
    closing = await requestClosing(pools, tenant, { holdDays: 0 });
    await inside(pools.worker, async (tx) => {
      await tx.execute(sql`update control.operations set state = 'RUNNING' where operation_id = ${closing.operationId}`);
      await tx.execute(sql`select control.begin_closing(${closing.tenantId}, ${closing.operationId}, ${newId("event")}, '[]')`);
      await tx.execute(sql`select control.open_hold(${closing.tenantId}, ${closing.operationId}, ${day(0)}, ${newId("holdChange")})`);
    });
    expect(await shred()).toBe("legal-hold");
  });

  test("is seen by the tenant without its case, and by no other tenant", async () => {
    await place("secret-case");
    const read = (what: string, tenantId: string = closing.tenantId) =>
      withControl(pools.portal, { tenantId }, (tx) => tx.execute(sql.raw(`select ${what} from control.legal_holds`)));
    expect((await read("hold_id, placed_at, released_at")).rows).toHaveLength(1);
    for (const what of ["case_number", "reason", "placed_by", "*"]) await expect(read(what)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await read("hold_id", newId("tenant"))).rows).toEqual([]);
  });
});
