import { setTimeout as sleep } from "node:timers/promises";
import { isDomainError } from "@leasehold/domain/errors";

/** Waits between tries, in milliseconds; after the last the attempt fails. */
const pauses = [200, 500, 1_000, 2_000, 5_000, 10_000];

/** Tries again what a server that is away did not do, for most of a minute; everything else it throws at once. */
export async function patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || (isDomainError(error) && error.code !== "UNAVAILABLE")) throw error;
      await sleep(pause, undefined, { signal });
    }
  }
  return ask();
}
