import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { databaseTimeouts } from "../client.ts";

export interface ListenOptions {
  channels: readonly string[];
  /** Shown in pg_stat_activity. */
  applicationName: string;
  onNotification: (channel: string, payload: string) => void;
  /** After every connection, the first too: what happened before it was not heard. */
  onListening?: () => void;
  /** Why it does not listen for now; it tries again by itself. */
  onError?: (error: unknown) => void;
}

export interface Listening {
  /** True while notifications arrive. */
  readonly listening: boolean;
  close(): Promise<void>;
}

const firstDelayMs = 200;
const longestDelayMs = 10_000;
/** A server that went away without a word is noticed within this and the time of an answer. */
const heartbeatMs = 15_000;

/**
 * LISTEN on one connection of its own, made anew with a growing delay whenever it is lost, until it is closed. There is
 * at most one connection and one timer at any time.
 */
export function listen(url: string, options: ListenOptions): Listening {
  const closing = new AbortController();
  let listening = false;

  async function once(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      application_name: options.applicationName,
      connectionTimeoutMillis: databaseTimeouts.connectMs,
      query_timeout: databaseTimeouts.connectMs,
      keepAlive: true,
    });
    const lost = new AbortController();
    client.on("error", (error) => lost.abort(error));
    client.on("end", () => lost.abort(new Error("the connection ended")));
    client.on("notification", ({ channel, payload }) => options.onNotification(channel, payload ?? ""));
    try {
      await client.connect();
      for (const channel of options.channels) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      if (closing.signal.aborted) return;
      listening = true;
      options.onListening?.();
      const ended = AbortSignal.any([closing.signal, lost.signal]);
      while (!ended.aborted) {
        await sleep(heartbeatMs, undefined, { signal: ended }).catch(() => {});
        if (!ended.aborted) await client.query("SELECT 1");
      }
      if (!closing.signal.aborted) throw lost.signal.reason;
    } finally {
      listening = false;
      client.removeAllListeners("notification");
      // A server that no longer answers is not waited for.
      await Promise.race([client.end().catch(() => {}), sleep(1_000)]);
    }
  }

  async function run(): Promise<void> {
    for (let delayMs = firstDelayMs; !closing.signal.aborted; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      const began = Date.now();
      await once().catch((error: unknown) => options.onError?.(error));
      if (Date.now() - began > longestDelayMs) delayMs = firstDelayMs;
      await sleep(delayMs * (0.75 + Math.random() / 2), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    get listening() {
      return listening;
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}
