import { expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatPercent,
  formatRelative,
  formatRemaining,
  formatUtc,
  formatZone,
  shortenId,
  toLocalInput,
} from "./format.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const noon = Date.parse("2026-11-21T12:00:00Z");

test("writes a moment in the reader's zone and exactly in UTC", () => {
  expect(formatDateTime(noon, "Asia/Tokyo")).toBe("21 Nov 2026, 21:00");
  expect(formatUtc("2026-11-21T13:00:07+01:00")).toBe("2026-11-21 12:00:07 UTC");
});

test.each([
  [-3 * second, "just now"],
  [20 * second, "in a moment"],
  [-50 * second, "1 minute ago"],
  [-5 * minute, "5 minutes ago"],
  [3 * hour, "in 3 hours"],
  [-day, "yesterday"],
  [6 * day, "in 6 days"],
])("says %i ms from now as %s", (distance, words) => {
  expect(formatRelative(noon + distance, noon)).toBe(words);
});

test("leaves a week and more to the date", () => {
  expect(formatRelative(noon - 7 * day, noon)).toBeUndefined();
  expect(formatRelative(noon + 30 * day, noon)).toBeUndefined();
});

test.each([
  [0, "0 ms"],
  [640, "640 ms"],
  [4_230, "4.2 s"],
  [9_970, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [65 * second, "1 min 5 s"],
  [3 * hour + 20 * minute, "3 h 20 min"],
  [2 * day + 4 * hour, "2 d 4 h"],
])("says a span of %i ms as %s", (span, words) => {
  expect(formatDuration(span)).toBe(words);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1 KiB"],
  [1536, "1.5 KiB"],
  [1024 ** 2 - 1, "1 MiB"],
  [10 * 1024 ** 2, "10 MiB"],
  [1024 ** 4, "1 TiB"],
])("says %i bytes as %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test("never rounds something to nothing nor almost all to all", () => {
  expect([0, 0.001, 0.374, 0.998, 1].map(formatPercent)).toEqual(["0%", "<1%", "37%", "99%", "100%"]);
});

test("shortens ids in the middle and leaves short ones whole", () => {
  expect(shortenId("tnt_01JD2R3M4N5P6Q7R8S9T0V1W2X")).toBe("tnt_01JD…1W2X");
  expect(shortenId("op_12")).toBe("op_12");
});

test("counts in words", () => {
  expect(formatCount(1, "member")).toBe("1 member");
  expect(formatCount(1200, "member")).toBe("1,200 members");
});

test("what is left of a hold is said in days, and to the second in its last day", () => {
  expect(formatRemaining(30 * day)).toBe("30 days");
  expect(formatRemaining(12 * day + 5 * hour)).toBe("12 days");
  expect(formatRemaining(2 * day + 5 * hour)).toBe("2 days 5 h");
  expect(formatRemaining(day)).toBe("1 day");
  expect(formatRemaining(day - 1_000)).toBe("23 h 59 min 59 s");
  expect(formatRemaining(61_000)).toBe("1 min 1 s");
  expect(formatRemaining(1)).toBe("1 s");
  expect(formatRemaining(0)).toBe("now");
  expect(formatRemaining(-5_000)).toBe("now");
});

test("a moment goes into a local field and comes back as it was", () => {
  const moment = new Date("2026-12-31T23:59:58.000Z");
  expect(toLocalInput(moment)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  expect(new Date(toLocalInput(moment))).toEqual(moment);
});

test("a zone has a name", () => {
  expect(formatZone("2026-07-01T00:00:00Z", "UTC")).toBe("UTC");
  expect(formatZone("2026-07-01T00:00:00Z", "Europe/Berlin")).toMatch(/GMT\+2|CEST/);
});
