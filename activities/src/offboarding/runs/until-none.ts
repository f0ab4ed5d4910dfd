import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "@leasehold/domain/errors";

/** Temporal's list follows what happens after a moment: nothing is believed to be gone before it was looked for so often. */
const quietLooks = 3;
const pauseMs = 500;
/** Without anything going for so long, the step fails and is tried again. */
const patienceMs = 120_000;

/**
 * Carries out `round`, which answers how many it found, until some rounds in a row have found none. Throws UNAVAILABLE
 * (`runs-remain`) when what is found stays the same for two minutes.
 */
export async function untilNone(signal: AbortSignal, round: () => Promise<number>): Promise<void> {
  let quiet = 0;
  let fewest = Number.POSITIVE_INFINITY;
  let since = Date.now();
  while (quiet < quietLooks) {
    signal.throwIfAborted();
    const found = await round();
    quiet = found === 0 ? quiet + 1 : 0;
    if (found < fewest || found === 0) [fewest, since] = [found, Date.now()];
    if (Date.now() - since > patienceMs) {
      throw new DomainError("UNAVAILABLE", `${found} of the workspace's runs are still there.`, { reason: "runs-remain" });
    }
    await sleep(quiet === 0 && found > 0 ? pauseMs / 5 : pauseMs, undefined, { signal });
  }
}
