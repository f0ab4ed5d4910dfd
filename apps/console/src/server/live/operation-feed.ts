import { EventEmitter, on } from "node:events";
import pg from "pg";

const reconnectAfterMs = 1_000;

/** Tells when an operation has news. Carries ids and numbers only; what happened is read from the tables. */
export interface OperationFeed {
  /** Yields once whenever the operation (any operation, without an id) may have news, until the signal aborts. */
  changes(operationId: string | undefined, signal: AbortSignal): AsyncIterable<void>;
  close(): Promise<void>;
}

/**
 * One LISTEN for the whole process, however many pages are open. After a lost connection everybody is woken once, so
 * that nothing which happened meanwhile is missed.
 */
export function createOperationFeed(url: string): OperationFeed {
  const emitter = new EventEmitter().setMaxListeners(0);
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: "console-feed", keepAlive: true });
    client = next;
    next.on("notification", ({ payload }) => emitter.emit("change", payload?.split(":")[0]));
    next.on("error", () => {});
    next.on("end", () => {
      if (!closed && client === next) timer = setTimeout(connect, reconnectAfterMs);
    });
    try {
      await next.connect();
      await next.query("LISTEN operation_events");
      emitter.emit("change", undefined);
    } catch {
      await next.end().catch(() => {});
      if (!closed && client === next) timer = setTimeout(connect, reconnectAfterMs);
    }
  }

  return {
    async *changes(operationId, signal) {
      if (!client) void connect();
      try {
        for await (const [changed] of on(emitter, "change", { signal })) {
          if (changed === undefined || operationId === undefined || changed === operationId) yield;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
