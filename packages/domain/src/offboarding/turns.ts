const secondMs = 1_000;
/** The longest that a closing sleeps before it looks at its epochs again. */
const longestWaitMs = 3_600_000;

/**
 * How long a closing waits before it looks again whether the epochs that it waits for have turned, in milliseconds: until the turn begins,
 * and from then on twice as long each time. `looks` counts those since then. Never more than an hour: somebody else may want it sooner.
 */
export function turnWaitMs({ dueAt, now, looks }: { dueAt: number | null; now: number; looks: number }): number {
  const wait = dueAt !== null && dueAt > now ? dueAt - now : secondMs * 2 ** Math.min(looks, 12);
  return Math.min(wait, longestWaitMs);
}
