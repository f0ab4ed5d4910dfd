import type { HoldChange } from "@leasehold/db/control/offboarding/change-hold";
import { decideOffboarding } from "@leasehold/db/control/offboarding/decide-offboarding";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { newId } from "@leasehold/domain/ids";
import { type OffboardingStep, offboardingStepPosition } from "@leasehold/domain/offboarding/steps";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Closing, dayMs, readFacts, requestClosing, seedActiveTenant } from "../support/offboarding/closing.ts";
import {
  beginHold,
  changeHeld,
  followHold,
  type HeldRun,
  listReminders,
  placeHold,
  decidedReason as reason,
  type Side,
} from "../support/offboarding/held-run.ts";
import { createSkippedWorld, type SkippedWorld } from "../support/offboarding/skipped-closing.ts";
import { beginUnderEpoch, moveEpoch } from "../support/offboarding/waiting-closing.ts";

vi.setConfig({ testTimeout: 240_000 });

let world: SkippedWorld;
beforeAll(async () => {
  world = await createSkippedWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const secondMs = 1_000;
const begin = (options?: Parameters<typeof beginHold>[1]) => beginHold(world, options);
const by = (side: Side, run: HeldRun, change: HoldChange) => changeHeld(world, side, run, change);
const place = (run: HeldRun, caseNumber: string) => placeHold(world, run, caseNumber);
const reminders = (run: Pick<HeldRun, "closing">) => listReminders(world, run);
const decide = (side: Side, run: HeldRun, change: HoldChange) => by(side, run, change).then(() => world.tell(run.closing));
const iso = (at: number) => new Date(at).toISOString();
const stateOf = async ({ closing }: HeldRun) => (await readFacts(world.databases, closing)).state;
const isShredding = ({ closing }: HeldRun) => world.until(closing, ({ state }) => state === "SHREDDING");
const isBack = ({ closing }: HeldRun, state = "ACTIVE") =>
  world.until(closing, (facts) => facts.state === state && facts.operation === "ROLLED_BACK");
const stepsOf = ({ closing }: HeldRun) => world.shreddedSteps(closing);

describe("the hold", () => {
  test("runs out by the workflow's time, reminds at 14, 3 and 1 days, and every step comes behind it in order", async () => {
    const run = await begin({ holdDays: 30 });
    expect(run.end - run.began).toBe(30 * dayMs);
    await world.skipTo(run.end - 300 * secondMs);
    expect([await stateOf(run), await stepsOf(run)]).toEqual(["CLOSING", []]);
    expect(await reminders(run)).toEqual([14, 3, 1].map((days) => ({ days, ends: run.end })));
    await world.skipTo(run.end);
    await isShredding(run);
    expect(await run.result()).toBe("SUCCEEDED");
    const steps = await stepsOf(run);
    const stages = steps.map((step) => offboardingStepPosition(step as OffboardingStep).stage);
    expect(stages).toEqual(stages.toSorted((a, b) => a - b));
    expect(steps).toHaveLength(12);
    const { shredding_at } = await readFacts(world.databases, run.closing);
    expect(Number(shredding_at)).toBeGreaterThanOrEqual(run.end);
    expect(Number(shredding_at) - run.end).toBeLessThan(5 * secondMs);
  });

  test("of no days is over at once, with nobody reminded", async () => {
    const closing = await requestClosing(world.pools, await seedActiveTenant(world.databases), { holdDays: 0 });
    const handle = await world.start(closing);
    expect(await handle.result()).toBe("SUCCEEDED");
    expect(await reminders({ closing })).toEqual([]);
  });

  test("shorter than a reminder's time is not reminded of it", async () => {
    const run = await begin({ holdDays: 3 });
    await world.skipTo(run.end - 300 * secondMs);
    expect((await reminders(run)).map(({ days }) => days)).toEqual([1]);
    await decide("owner", run, { change: "cancel" });
    await isBack(run);
  });

  test.each(["ACTIVE", "SUSPENDED"] as const)("is cancelled in its last minutes, and the tenant is %s as before", async (state) => {
    const run = await begin({ holdDays: 2, state });
    await world.skipTo(run.end - 300 * secondMs);
    await decide("owner", run, { change: "cancel" });
    await isBack(run, state);
    expect(await run.result()).toBe("ROLLED_BACK");
    await world.skipTo(run.end + dayMs);
    expect([await stateOf(run), await stepsOf(run)]).toEqual([state, []]);
    const [home] = await world.databases.query("application", "select mode from app.tenant_home where tenant_id = $1", [
      run.closing.tenantId,
    ]);
    expect(home).toEqual({ mode: "rw" });
  });

  test("that is over is not cancelled any more", async () => {
    const run = await begin({ holdDays: 1 });
    await world.skipTo(run.end);
    await isShredding(run);
    await expect(by("owner", run, { change: "cancel" })).rejects.toMatchObject({ reason: "past-no-return" });
    expect(await run.result()).toBe("SUCCEEDED");
  });

  test("that was cancelled with nobody telling the run is not shredded", async () => {
    const run = await begin({ holdDays: 2 });
    await by("operator", run, { change: "cancel" });
    await world.skipTo(run.end + dayMs);
    await isBack(run);
    expect(await stepsOf(run)).toEqual([]);
  });

  test("is extended: the old end passes, reminders come for the new one alone", async () => {
    const run = await begin({ holdDays: 4 });
    await world.skipTo(run.end - 2.5 * dayMs);
    await decide("operator", run, { change: "extend", endsAt: iso(run.end + 10 * dayMs) });
    await world.skipTo(run.end + 60 * secondMs);
    expect(await stateOf(run)).toBe("CLOSING");
    const later = run.end + 10 * dayMs;
    await world.skipTo(later - 300 * secondMs);
    expect(await reminders(run)).toEqual([
      { days: 3, ends: run.end },
      { days: 3, ends: later },
      { days: 1, ends: later },
    ]);
    await world.skipTo(later);
    await isShredding(run);
  });

  test.each([
    ["owner", "operator"],
    ["operator", "owner"],
  ] as const)("is shortened when the %s asks and the %s agrees, not before", async (asks, agrees) => {
    const run = await begin({ holdDays: 20 });
    const earlier = run.began + 2 * dayMs;
    await decide(asks, run, { change: "shorten", endsAt: iso(earlier) });
    await world.skipTo(run.began + 1.5 * dayMs);
    await decide(agrees, run, { change: "shorten", endsAt: iso(earlier) });
    await world.skipTo(earlier - 300 * secondMs);
    expect(await stateOf(run)).toBe("CLOSING");
    await world.skipTo(earlier);
    await isShredding(run);
  });

  test("that one side alone wants shorter lasts to its end", async () => {
    const run = await begin({ holdDays: 4 });
    await decide("owner", run, { change: "shorten", endsAt: iso(run.began + dayMs) });
    await world.skipTo(run.end - 300 * secondMs);
    expect(await stateOf(run)).toBe("CLOSING");
    await world.skipTo(run.end);
    await isShredding(run);
  });
});

describe("legal holds", () => {
  test("released out of order stop the end until the last of them is gone", async () => {
    const run = await begin({ holdDays: 2 });
    const releases = [await place(run, "1"), await place(run, "2"), await place(run, "3")];
    await world.skipTo(run.end + 5.3 * dayMs);
    for (const index of [1, 0]) {
      await releases[index]?.();
      await world.skipTo((await world.now()) + 2 * dayMs);
      expect([await stateOf(run), await stepsOf(run)]).toEqual(["CLOSING", []]);
    }
    await releases[2]?.();
    await isShredding(run);
  });

  test("placed in the last minutes, or on a hold that is over but for another, hold it", async () => {
    const run = await begin({ holdDays: 1 });
    await world.skipTo(run.end - 300 * secondMs);
    const first = await place(run, "1");
    await world.skipTo(run.end + 1.5 * dayMs);
    const second = await place(run, "2");
    await first();
    await world.skipTo(run.end + 3.5 * dayMs);
    expect(await stateOf(run)).toBe("CLOSING");
    await decide("owner", run, { change: "cancel" });
    await isBack(run);
    await second();
  });

  test("released with nobody telling the run are noticed within a day", async () => {
    const run = await begin({ holdDays: 1 });
    const { holdId } = await placeLegalHold(world.pools.operator, run.closing.operator(), { caseNumber: "1", reason });
    await world.skipTo(run.end + 3.5 * dayMs);
    await releaseLegalHold(world.pools.operator, run.closing.operator(), { holdId, reason });
    await world.skipTo(run.end + 5 * dayMs);
    await isShredding(run);
  });
});

describe("an operator's request", () => {
  const answer = (closing: Closing, decision: "approve" | "reject") => {
    const { actor } = closing.operator("grace");
    return decideOffboarding(world.pools.operator, {
      tenantId: closing.tenantId,
      operationId: closing.operationId,
      decision,
      reason,
      idempotencyKey: newId("command"),
      operatorId: actor.type === "operator" ? actor.operatorId : "",
      requestId: newId("request"),
    });
  };

  test("that is approved is held and runs out", async () => {
    const closing = await requestClosing(world.pools, await seedActiveTenant(world.databases), { by: "operator", holdDays: 1 });
    expect(await answer(closing, "approve")).toBe("approved");
    const run = await followHold(world, closing);
    await world.skipTo(run.end);
    await isShredding(run);
  });

  test("that is rejected has touched nothing, and can be asked again", async () => {
    const tenant = await seedActiveTenant(world.databases);
    const closing = await requestClosing(world.pools, tenant, { by: "operator" });
    expect(await answer(closing, "reject")).toBe("rejected");
    expect(await readFacts(world.databases, closing)).toMatchObject({ state: "ACTIVE", operation: "REJECTED", ends_at: null });
    const again = await followHold(world, await requestClosing(world.pools, tenant, { holdDays: 1 }));
    await decide("owner", again, { change: "cancel" });
    await isBack(again);
  });
});

describe("an epoch that turns by night", { timeout: 180_000 }, () => {
  const look = async (closing: Closing) => {
    const { events } = await world.historyOf(closing);
    const looks = (events ?? []).filter(({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === "lookAtTurns");
    const [operation] = await world.databases.query<{ state: string; reason: string | null }>(
      "control",
      "select state, attention_reason as reason from control.operations where operation_id = $1",
      [closing.operationId],
    );
    return { looks: looks.length, verified: (await world.shreddedSteps(closing)).includes("verify"), ...operation };
  };

  test("is waited for without a worker, through its death, and no step is tried before its end", async () => {
    const due = new Date((await world.now()) + 5 * 3_600_000);
    const { closing, handle } = await beginUnderEpoch(world, 1, due);
    await world.skipTo(due.getTime() - 2.5 * 3_600_000);
    await world.replaceWorker();
    await world.skipTo(due.getTime() - 60 * secondMs);
    const before = await look(closing);
    expect(before).toMatchObject({ verified: false, state: "RUNNING", reason: null });
    expect(before.looks).toBeLessThan(8);
    await world.skipTo(due.getTime() + 30 * secondMs);
    await moveEpoch(world, 1, "TURNING");
    await world.replaceWorker();
    await world.skipTo(due.getTime() + 90 * secondMs);
    expect((await look(closing)).verified).toBe(false);
    await moveEpoch(world, 1, "RETIRED");
    expect(await handle.result()).toBe("SUCCEEDED");
    expect(await look(closing)).toMatchObject({ verified: true, reason: null });
  });

  test("and is held for another tenant's key is shown at the closing, which goes on when it has ended after all", async () => {
    const { closing, handle } = await beginUnderEpoch(world, 2, new Date(await world.now()));
    await world.skipTo((await world.now()) + 120 * secondMs);
    await moveEpoch(world, 2, "TURNING");
    await moveEpoch(world, 2, "HELD");
    await world.skipTo((await world.now()) + 5.5 * 3_600_000);
    const held = await look(closing);
    expect(held).toMatchObject({ verified: false, state: "RUNNING" });
    expect(held.reason).toContain("Epoch 2 of the pool is held");
    expect(held.looks).toBeLessThan(24);
    await moveEpoch(world, 2, "TURNING");
    await moveEpoch(world, 2, "RETIRED");
    expect(await handle.result()).toBe("SUCCEEDED");
    expect(await look(closing)).toMatchObject({ verified: true, reason: null });
  });
});

describe("the worker", { timeout: 180_000 }, () => {
  test("dies in the hold, twice, and the next one holds it to the same end", async () => {
    const run = await begin({ holdDays: 16 });
    await world.skipTo(run.began + 5.3 * dayMs);
    await world.replaceWorker();
    await world.skipTo(run.end - 2.3 * dayMs);
    await world.replaceWorker();
    await world.skipTo(run.end - 300 * secondMs);
    expect(await stateOf(run)).toBe("CLOSING");
    expect((await reminders(run)).map(({ days }) => days)).toEqual([14, 3, 1]);
    await world.skipTo(run.end);
    await isShredding(run);
    expect(await run.result()).toBe("SUCCEEDED");
  });

  test("comes back with changed workflows in the middle of a hold, which goes on as it began", async () => {
    const before = await begin({ holdDays: 10 });
    await world.skipTo(before.began + 2.3 * dayMs);
    await world.replaceWorker("patched");
    await world.skipTo(before.began + 4.3 * dayMs);
    await world.replaceWorker("patched");
    const after = await begin({ holdDays: 10 });
    await world.skipTo(before.end);
    await isShredding(before);
    expect(await before.result()).toBe("SUCCEEDED");
    await world.skipTo(after.end - 300 * secondMs);
    expect(await stateOf(after)).toBe("CLOSING");
    await world.skipTo(after.end);
    await isShredding(after);
    expect(await after.result()).toBe("SUCCEEDED");
    await world.replaceWorker();
  });
});
