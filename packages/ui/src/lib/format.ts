const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What a date can arrive as: a Date, milliseconds since the epoch, or an ISO 8601 string. */
export type DateInput = Date | number | string;

function toDate(input: DateInput): Date {
  return input instanceof Date ? input : new Date(input);
}

/** `21 Nov 2026, 14:03` in `timeZone` (IANA name; without it the machine's own). */
export function formatDateTime(input: DateInput, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
  return parts.format(toDate(input));
}

/** `21 Nov 2026` in `timeZone`. */
export function formatDate(input: DateInput, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone }).format(toDate(input));
}

/** `2026-11-21 14:03:07 UTC`: exact, for tooltips and for copying into a query. */
export function formatUtc(input: DateInput): string {
  return `${toDate(input).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `just now`, `5 minutes ago`, `in 3 days`; undefined from a week on, where a date says more. */
export function formatRelative(input: DateInput, now: DateInput): string | undefined {
  const distance = toDate(input).getTime() - toDate(now).getTime();
  const size = Math.abs(distance);
  if (size >= 7 * day) return undefined;
  if (size < 45_000) return distance > 5_000 ? "in a moment" : "just now";
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (size < hour) return words.format(Math.sign(distance) * Math.max(1, Math.round(size / minute)), "minute");
  if (size < day) return words.format(Math.sign(distance) * Math.round(size / hour), "hour");
  return words.format(Math.sign(distance) * Math.round(size / day), "day");
}

/** A span of milliseconds in its two largest units: `640 ms`, `4.2 s`, `1 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < 1000) return `${Math.round(span)} ms`;
  if (span < 9_950) return `${(span / 1000).toFixed(1)} s`;
  const seconds = Math.round(span / 1000);
  if (seconds < 60) return `${seconds} s`;
  const pairs: [number, string, number, string][] = [
    [86_400, "d", 3600, "h"],
    [3600, "h", 60, "min"],
    [60, "min", 1, "s"],
  ];
  for (const [large, largeName, small, smallName] of pairs) {
    if (seconds < large) continue;
    const rest = Math.floor((seconds % large) / small);
    return `${Math.floor(seconds / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ""}`;
  }
  return `${seconds} s`;
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes in binary units with three significant digits: `0 B`, `1.5 KiB`, `512 MiB`, `1 TiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (unit < byteUnits.length - 1 && Math.round(value) >= 1024) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${byteUnits[unit]}`;
}

/** `12,345`. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat("en").format(value);
}

/** A share between 0 and 1 as a whole percentage: `37%`; what is not nothing is never `0%`, what is not all never `100%`. */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.01) return "<1%";
  if (share > 0.99 && share < 1) return "99%";
  return `${Math.round(share * 100)}%`;
}

/** `tnt_01JD…8QK4`: prefix and both ends, which is what people compare. Short ids stay whole. */
export function shortenId(id: string, head = 8, tail = 4): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** `1 member`, `3 members`; the number grouped. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** How long it still is: in days and hours, in the last day to the second; `now` when it is over. */
export function formatRemaining(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds <= 0) return "now";
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return [formatCount(days, "day"), ...(hours > 0 && days < 7 ? [`${hours} h`] : [])].join(" ");
  const parts = [hours > 0 ? `${hours} h` : "", hours > 0 || minutes > 0 ? `${minutes} min` : "", `${seconds % 60} s`];
  return parts.filter(Boolean).join(" ");
}

/** A moment as `<input type="datetime-local">` takes it, in the machine's own zone. */
export function toLocalInput(input: DateInput): string {
  const date = toDate(input);
  return new Date(date.getTime() - date.getTimezoneOffset() * minute).toISOString().slice(0, 19);
}

/** The name of a zone at a moment: `CET`, `GMT+2`, `UTC`. */
export function formatZone(input: DateInput, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short" }).formatToParts(toDate(input));
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
}
