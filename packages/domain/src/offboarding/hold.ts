const dayMs = 86_400_000;

/** The shortest and the longest hold, in days. */
export const holdDaysRange = { least: 0, most: 365 } as const;

/** Owners are reminded so many days before the hold ends. */
export const reminderDays = [14, 3, 1] as const;
export type ReminderDays = (typeof reminderDays)[number];

/** The longest that a hold's run sleeps at a time: it wakes now and then to look at the authority again. */
export const longestSleepMs = dayMs;

/** What the database says of a hold. Times are milliseconds since 1970. */
export interface HoldState {
  beganAt: number;
  endsAt: number;
  /** Open legal holds: while there is one, the end does not come. */
  legalHolds: number;
  cancelled: boolean;
  /** Reminders that went out for this very end. */
  reminded: readonly ReminderDays[];
}

/** What is to be done now, by the clock that is handed in. */
export type HoldDecision =
  | { next: "cancel" }
  /** The hold is over by the clock: the database is asked for the last word. */
  | { next: "end" }
  | { next: "remind"; days: ReminderDays }
  | { next: "sleep"; ms: number };

/** Whether `days` is a length that a hold may have. Fractions are for deployments with shorter terms than a day. */
export function isHoldDays(days: number): boolean {
  return Number.isFinite(days) && days >= holdDaysRange.least && days <= holdDaysRange.most;
}

export function holdEnd(beganAt: number, days: number): number {
  return beganAt + Math.round(days * dayMs);
}

/**
 * What a hold asks for at `now`: pure, so that every order of events can be tried against it. Of several reminders that are due
 * only the nearest to the end goes out; one that would have been due before the hold began is not due at all.
 */
export function decideHold(hold: HoldState, now: number): HoldDecision {
  if (hold.cancelled) return { next: "cancel" };
  if (now >= hold.endsAt) return hold.legalHolds === 0 ? { next: "end" } : { next: "sleep", ms: longestSleepMs };
  const moments = reminderDays.map((days) => ({ days, at: hold.endsAt - days * dayMs })).filter(({ at }) => at > hold.beganAt);
  const due = moments.filter(({ at }) => at <= now).at(-1);
  if (due !== undefined && !hold.reminded.includes(due.days)) return { next: "remind", days: due.days };
  const nextMoment = Math.min(hold.endsAt, ...moments.map(({ at }) => at).filter((at) => at > now));
  return { next: "sleep", ms: Math.min(nextMoment - now, longestSleepMs) };
}
