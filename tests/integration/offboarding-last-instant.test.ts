import { setTimeout as sleep } from "node:timers/promises";
import { changeHold } from "@leasehold/db/control/offboarding/change-hold";
import { endHold } from "@leasehold/db/control/offboarding/end-hold";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { readHold } from "@leasehold/db/control/offboarding/read-hold";
import { isDomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { decideHold } from "@leasehold/domain/offboarding/hold";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { type Closing, connectControl, dayMs, holdBegins, openClosing, readFacts } from "../support/offboarding/closing.ts";

let databases: TestDatabases;
let pools: ReturnType<typeof connectControl>;
beforeAll(async () => {
  databases = await createTestDatabases();
  pools = connectControl(databases, 6);
});
afterAll(async () => {
  await pools.end();
  await databases[Symbol.asyncDispose]();
});

const holdDays = 1;
const over = new Date(holdBegins + holdDays * dayMs);
const reason = "Decided in a test";
const soon = () => sleep(Math.random() * 4);

const end = async (closing: Closing) => {
  await soon();
  return endHold(pools.worker, { ...closing, at: over });
};

/** `accepted`, or the reason of a refusal; anything else fails the test. */
async function decide(work: () => Promise<unknown>): Promise<string> {
  await soon();
  return work().then(
    () => "accepted",
    (error: unknown) => (isDomainError(error) && error.reason !== undefined ? error.reason : Promise.reject(error)),
  );
}

const place = (closing: Closing, caseNumber: string) =>
  decide(() => placeLegalHold(pools.operator, closing.operator(), { caseNumber, reason }));
const change = (closing: Closing, request: { change: "cancel" } | { change: "extend"; endsAt: string }) =>
  decide(() =>
    changeHold(pools.portal, closing.owner, { ...request, operationId: closing.operationId, reason, idempotencyKey: newId("command") }),
  );
const extend = (closing: Closing) => change(closing, { change: "extend", endsAt: new Date(over.getTime() + dayMs).toISOString() });
const cancel = (closing: Closing) => change(closing, { change: "cancel" });

/** Runs a race many times, four at once on connections of their own. @returns what came of each, with what the database says after */
async function race<T>(
  times: number,
  run: (closing: Closing) => Promise<T>,
): Promise<{ result: T; facts: Awaited<ReturnType<typeof readFacts>> }[]> {
  const raced: { result: T; facts: Awaited<ReturnType<typeof readFacts>> }[] = [];
  const lane = async (count: number) => {
    for (let turn = 0; turn < count; turn++) {
      const closing = await openClosing(databases, pools, { holdDays });
      raced.push({ result: await run(closing), facts: await readFacts(databases, closing) });
    }
  };
  await Promise.all(Array.from({ length: 4 }, () => lane(Math.ceil(times / 4))));
  return raced;
}

const wonBy = (raced: readonly { facts: { state: string } }[], state: string) => raced.filter(({ facts }) => facts.state === state).length;

describe("the last instant of a hold", { timeout: 120_000 }, () => {
  test.each([
    { what: "a legal hold", act: (closing: Closing) => place(closing, "2031-7"), says: "legal-hold" },
    { what: "an extension", act: extend, says: "holding" },
    { what: "the owner's change of mind", act: cancel, says: "cancelled" },
  ])("is either the shredding's or $what's, never both's", async ({ act, says }) => {
    const raced = await race(120, (closing) => Promise.all([act(closing), end(closing), end(closing)]));
    for (const { result, facts } of raced) {
      const [decided, ...ends] = result;
      if (facts.state === "SHREDDING") {
        expect({ decided, open: facts.open_holds, cancelled: facts.cancelled }).toEqual({
          decided: "past-no-return",
          open: 0,
          cancelled: false,
        });
        expect(ends).toEqual(["shredding", "shredding"]);
        expect(facts.ends_at).toEqual(over);
        expect(facts.pseudonym).toMatch(/^psn_/);
      } else {
        expect([facts.state, decided, facts.shredding_at, ...ends]).toEqual(["CLOSING", "accepted", null, says, says]);
      }
    }
    // A race that one side always wins proves nothing.
    expect(wonBy(raced, "SHREDDING")).toBeGreaterThan(0);
    expect(wonBy(raced, "CLOSING")).toBeGreaterThan(0);
  });

  test("does not slip in between one legal hold that goes and another that comes", async () => {
    const raced = await race(100, async (closing) => {
      const first = await placeLegalHold(pools.operator, closing.operator(), { caseNumber: "1", reason });
      return Promise.all([
        place(closing, "2"),
        decide(() => releaseLegalHold(pools.operator, closing.operator("grace"), { holdId: first.holdId, reason })),
        end(closing),
        end(closing),
      ]);
    });
    for (const { result, facts } of raced) {
      const [second, released] = result;
      expect(released).toBe("accepted");
      expect([facts.state, facts.open_holds]).toEqual(second === "accepted" ? ["CLOSING", 1] : ["SHREDDING", 0]);
    }
  });

  test("of three who cancel, extend and place a legal hold at once, leaves only what was accepted", async () => {
    const raced = await race(100, (closing) =>
      Promise.all([cancel(closing), extend(closing), place(closing, "1"), end(closing), end(closing)]),
    );
    for (const { result, facts } of raced) {
      const [cancelled, extended, placed] = result;
      const shredding = facts.state === "SHREDDING";
      expect(placed).toBe(shredding ? "past-no-return" : "accepted");
      expect(facts.open_holds).toBe(shredding ? 0 : 1);
      if (shredding) expect([cancelled, extended]).toEqual(["past-no-return", "past-no-return"]);
      else expect(["accepted", "closing-cancelled"]).toContain(extended);
      expect(facts.cancelled).toBe(cancelled === "accepted");
    }
  });

  test("is asked for a hundred times and comes once", async () => {
    const closing = await openClosing(databases, pools, { holdDays });
    await Promise.all(Array.from({ length: 100 }, () => end(closing)));
    const ended = await databases.query("control", "select from control.hold_changes where operation_id = $1 and kind = 'ended'", [
      closing.operationId,
    ]);
    expect(ended).toHaveLength(1);
  });

  test("is told by the workflow's clock, not by the database's", async () => {
    const closing = await openClosing(databases, pools, { holdDays: 0.5 });
    const ends = holdBegins + dayMs / 2;
    expect(await endHold(pools.worker, { ...closing, at: new Date(ends - 1) })).toBe("holding");
    expect(await endHold(pools.worker, { ...closing, at: new Date(ends) })).toBe("shredding");
    const long = await openClosing(databases, pools, { holdDays: 0 });
    expect(await endHold(pools.worker, { ...long, at: new Date(holdBegins) })).toBe("shredding");
  });

  test("waits while another operation holds the tenant, and comes after it", async () => {
    const closing = await openClosing(databases, pools, { holdDays });
    const held = (operation: string | null) =>
      databases.query("control", "update control.tenants set current_operation = $2 where tenant_id = $1", [closing.tenantId, operation]);
    await held("op_other");
    expect(await endHold(pools.worker, { ...closing, at: over })).toBe("busy");
    expect((await readFacts(databases, closing)).state).toBe("CLOSING");
    await held(null);
    expect(await endHold(pools.worker, { ...closing, at: over })).toBe("shredding");
  });
});

test("a closing that is cancelled before its hold begins never gets one, and is told to go back", async () => {
  const first = ({ operationId, owner }: Closing) =>
    changeHold(pools.portal, owner, { change: "cancel", operationId, reason, idempotencyKey: newId("command") });
  const closing = await openClosing(databases, pools, { first });
  expect(decideHold(await readHold(pools.worker, closing), holdBegins)).toEqual({ next: "cancel" });
  expect(await readFacts(databases, closing)).toMatchObject({ cancelled: true, ends_at: null });
  expect(await endHold(pools.worker, { ...closing, at: over })).toBe("cancelled");
});
