/** A moment, ISO 8601 in UTC, as people read it. */
export function momentWords(iso: string): string {
  const words = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return `${words.format(new Date(iso))} UTC`;
}
