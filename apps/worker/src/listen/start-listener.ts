import type { Logger } from "@leasehold/tenancy/logger";
import pg from "pg";
import { untilItWorks } from "../backoff.ts";

export interface Listener {
  /** True while notifications arrive. */
  readonly listening: boolean;
  stop(): Promise<void>;
}

/**
 * Listens on a channel over a connection of its own and calls `notified` for each notification, and once after every
 * (re)connection, for what was missed. Reconnects by itself.
 */
export function startListener(url: string, channel: string, notified: () => void, logger: Logger): Listener {
  const stopping = new AbortController();
  let client: pg.Client | undefined;
  let listening = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      application_name: `leasehold-worker-${channel}`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    next.on("error", () => {});
    next.on("notification", notified);
    try {
      await next.connect();
      await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    client = next;
    listening = true;
    next.once("end", () => {
      listening = false;
      if (!stopping.signal.aborted) void run();
    });
    notified();
  }

  const run = () =>
    untilItWorks(connect, stopping.signal, (error) => logger.warn({ err: error, channel }, "not listening; trying again")).catch(() => {});

  void run();
  return {
    get listening() {
      return listening;
    },
    async stop() {
      stopping.abort();
      await client?.end().catch(() => {});
    },
  };
}
