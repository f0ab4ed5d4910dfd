import type { Logger } from "@leasehold/tenancy/logger";

export interface Drain {
  /** Something may be due: drains now, unless enough drains are at work already; then once more after them. */
  kick(): void;
  /** Ends after the drains at work. */
  stop(): Promise<void>;
}

export interface DrainOptions {
  /** Works off one batch; answers whether there may be more. */
  work: () => Promise<boolean>;
  /** Drains at work at once. */
  concurrency: number;
  /** For what no notification told of. */
  sweepEveryMs: number;
  logger: Logger;
}

/** Works off a queue in the database when kicked, and every now and then. Failures are logged and met again by the sweep. */
export function createDrain({ work, concurrency, sweepEveryMs, logger }: DrainOptions): Drain {
  const atWork = new Set<Promise<void>>();
  let again = false;
  let stopped = false;

  function kick(): void {
    if (stopped) return;
    if (atWork.size >= concurrency) {
      again = true;
      return;
    }
    const drain = run().finally(() => {
      atWork.delete(drain);
      if (again) {
        again = false;
        kick();
      }
    });
    atWork.add(drain);
  }

  async function run(): Promise<void> {
    try {
      while (!stopped && (await work())) {}
    } catch (error) {
      logger.warn({ err: error }, "a drain failed; the next sweep goes on");
    }
  }

  const timer = setInterval(kick, sweepEveryMs);
  return {
    kick,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(atWork);
    },
  };
}
