import { setTimeout as sleep } from "node:timers/promises";

const firstMs = 100;
const mostMs = 5_000;

/** Repeats `work` until it succeeds or `signal` ends it, waiting longer each time. `failed` is told of every failure. */
export async function untilItWorks<T>(work: () => Promise<T>, signal: AbortSignal, failed: (error: unknown) => void): Promise<T> {
  for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 2, mostMs)) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      failed(error);
    }
    await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal });
  }
}
