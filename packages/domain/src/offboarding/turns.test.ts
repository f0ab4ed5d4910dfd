import { expect, test } from "vitest";
import { turnWaitMs } from "./turns.ts";

const now = Date.UTC(2031, 0, 1, 20);
const hourMs = 3_600_000;

test("a turn by night is slept for, an hour at most, for another may want it sooner", () => {
  expect(turnWaitMs({ dueAt: now + 6 * hourMs, now, looks: 0 })).toBe(hourMs);
  expect(turnWaitMs({ dueAt: now + 90_000, now, looks: 7 })).toBe(90_000);
});

test("one that is due is looked at soon, and twice as late each time", () => {
  const waits = (dueAt: number | null) => [0, 1, 2, 11, 12, 500].map((looks) => turnWaitMs({ dueAt, now, looks }));
  expect(waits(now)).toEqual([1_000, 2_000, 4_000, 2_048_000, hourMs, hourMs]);
  expect(waits(null)).toEqual(waits(now));
});
