import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideHold, type HoldState, holdEnd, isHoldDays, longestSleepMs, type ReminderDays, reminderDays } from "./hold.ts";

const dayMs = 86_400_000;
const began = Date.UTC(2031, 0, 1);
const days = fc.double({ min: 0, max: 365, noNaN: true });
const hold = fc.record({
  days,
  legalHolds: fc.nat(3),
  cancelled: fc.boolean(),
  reminded: fc.subarray([...reminderDays]),
});
const stateOf = ({ days: length, ...rest }: { days: number } & Pick<HoldState, "legalHolds" | "cancelled" | "reminded">): HoldState => ({
  beganAt: began,
  endsAt: holdEnd(began, length),
  ...rest,
});

/** Serves a hold as its run does, with nobody deciding anything. @returns what was done, when, and the number of wakes */
function serve(start: HoldState, from = start.beganAt): { reminders: { days: ReminderDays; at: number }[]; ended: number; wakes: number } {
  const reminders: { days: ReminderDays; at: number }[] = [];
  let state = start;
  let now = from;
  for (let wakes = 1; wakes < 1_000; wakes++) {
    const decision = decideHold(state, now);
    if (decision.next === "end") return { reminders, ended: now, wakes };
    if (decision.next === "cancel") throw new Error("nobody cancelled");
    if (decision.next === "sleep") now += decision.ms;
    else {
      reminders.push({ days: decision.days, at: now });
      state = { ...state, reminded: [...state.reminded, decision.days] };
    }
  }
  throw new Error("the hold never ended");
}

describe("a hold", () => {
  test("never ends before its time, under a legal hold, or once it is cancelled", () => {
    fc.assert(
      fc.property(hold, fc.integer({ min: -dayMs, max: 400 * dayMs }), (asked, after) => {
        const state = stateOf(asked);
        const now = began + after;
        const { next } = decideHold(state, now);
        expect(next === "cancel").toBe(state.cancelled);
        expect(next === "end").toBe(!state.cancelled && state.legalHolds === 0 && now >= state.endsAt);
      }),
    );
  });

  test("sleeps a while and never too long, and never past its end or a reminder", () => {
    fc.assert(
      fc.property(hold, fc.integer({ min: 0, max: 366 * dayMs }), (asked, after) => {
        const state = stateOf(asked);
        const now = began + after;
        const decision = decideHold(state, now);
        if (decision.next !== "sleep") return;
        expect(decision.ms).toBeGreaterThan(0);
        expect(decision.ms).toBeLessThanOrEqual(longestSleepMs);
        if (now < state.endsAt) expect(now + decision.ms).toBeLessThanOrEqual(state.endsAt);
      }),
    );
  });

  test("served to its end reminds at 14, 3 and 1 days, each once, and not of what was too near when it began", () => {
    fc.assert(
      fc.property(days, (length) => {
        const { reminders, ended, wakes } = serve(stateOf({ days: length, legalHolds: 0, cancelled: false, reminded: [] }));
        const ends = holdEnd(began, length);
        const due = reminderDays.filter((before) => ends - before * dayMs > began);
        expect(reminders).toEqual(due.map((before) => ({ days: before, at: ends - before * dayMs })));
        expect(ended).toBe(ends);
        expect(wakes).toBeLessThanOrEqual(Math.ceil(length) + 2 * reminderDays.length + 2);
      }),
    );
  });

  test("found again after a long silence reminds once, of the end that is nearest, or of nothing", () => {
    fc.assert(
      fc.property(days, fc.double({ min: 0, max: 1, noNaN: true }), (length, part) => {
        const state = stateOf({ days: length, legalHolds: 0, cancelled: false, reminded: [] });
        const from = Math.floor(began + (state.endsAt - began) * part);
        const late = serve(state, from).reminders.filter(({ days: before, at }) => at > state.endsAt - before * dayMs);
        expect(late.length).toBeLessThanOrEqual(1);
        const missed = reminderDays.filter((before) => state.endsAt - before * dayMs > began && state.endsAt - before * dayMs < from);
        if (from < state.endsAt) expect(late.map(({ days: before }) => before)).toEqual(missed.slice(-1));
      }),
    );
  });
});

test.each([
  [0, true],
  [365, true],
  [0.001, true],
  [-0.001, false],
  [365.001, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
])("%s days are a length that a hold may have: %s", (length, may) => {
  expect(isHoldDays(length)).toBe(may);
});
