import type { Dispatch } from "@leasehold/db/control/commands/dispatch-commands";

const stepSeconds = 2;
const mostSeconds = 300;
/** With the delays below, about eighteen hours. */
const mostAttempts = 300;

/** What becomes of a command that Temporal did not take: tried again after ever longer delays, refused in the end. */
export function postpone({ attempts }: { attempts: number }): Exclude<Dispatch, { outcome: "dispatched" }> {
  const made = attempts + 1;
  if (made < mostAttempts) return { outcome: "postponed", delaySeconds: Math.min(made * stepSeconds, mostSeconds) };
  return { outcome: "refused", refusal: `Temporal did not take the command in ${made} attempts. The worker's log has the causes.` };
}
