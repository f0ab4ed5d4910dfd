import type { KeyDependencies } from "@leasehold/activities/keys/dependencies";
import { watchCustomerKey } from "@leasehold/activities/keys/watch-customer-key";
import { listWatchedKeys, type WatchedKey } from "@leasehold/db/control/keys/list-watched-keys";
import type { Logger } from "@leasehold/tenancy/logger";
import { createDrain } from "../listen/create-drain.ts";

/** Well within the minute in which a switched off key shows, also when one round is slow. */
const roundMs = 15_000;
const page = 100;
const atOnce = 8;

/** Looks at every customer's key, round by round, and notes in the catalog which are closed and which open again. */
export function startKeyWatch(
  needs: Pick<KeyDependencies, "control" | "applicationUrl" | "tokenKey">,
  { logger, everyMs = roundMs }: { logger: Logger; everyMs?: number },
): { stop(): Promise<void> } {
  const stopping = new AbortController();

  async function look(key: WatchedKey): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(everyMs)]);
    const outcome = await watchCustomerKey(needs, key, signal).catch((err: unknown) => {
      logger.warn({ err, tenantId: key.tenantId }, "a customer's key could not be looked at");
      return "unknown" as const;
    });
    if (outcome === "closed" || outcome === "opened") logger.warn({ tenantId: key.tenantId, outcome }, "a customer's key has turned");
  }

  async function lookAtAll(keys: readonly WatchedKey[]): Promise<void> {
    const left = [...keys];
    const lane = async () => {
      for (let key = left.shift(); key !== undefined && !stopping.signal.aborted; key = left.shift()) await look(key);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }

  const drain = createDrain({
    concurrency: 1,
    sweepEveryMs: everyMs,
    logger,
    work: async () => {
      for (let after = ""; !stopping.signal.aborted; ) {
        const keys = await listWatchedKeys(needs.control, { after, limit: page });
        await lookAtAll(keys);
        if (keys.length < page) break;
        after = keys.at(-1)?.tenantId ?? "";
      }
      return false;
    },
  });
  drain.kick();
  return {
    async stop() {
      stopping.abort();
      await drain.stop();
    },
  };
}
