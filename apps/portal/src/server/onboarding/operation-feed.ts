import { EventEmitter, on } from "node:events";
import type { Logger } from "@leasehold/tenancy/logger";
import pg from "pg";

const channel = "operation_events";
const reconnectMs = 1_000;
/** A notification can be lost with its connection; readers look again after this long in any case. */
export const sweepMs = 5_000;

export interface OperationFeed {
  /** Yields whenever the operation may have new events: at once when it has, and every few seconds anyhow. */
  changes(operationId: string, signal: AbortSignal): AsyncGenerator<void>;
  close(): Promise<void>;
}

/** One LISTEN for the whole process. Payloads are `op_…:seq`: ids only, and each reader asks the database what it may see. */
export function createOperationFeed(url: string, logger: Logger): OperationFeed {
  const emitter = new EventEmitter().setMaxListeners(0);
  let client: pg.Client | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: "portal-feed", keepAlive: true });
    client = next;
    const lost = () => {
      if (client !== next || closed) return;
      client = undefined;
      setTimeout(() => void connect(), reconnectMs).unref();
    };
    next.on("error", lost);
    next.on("end", lost);
    next.on("notification", (message) => emitter.emit(message.payload?.split(":")[0] ?? "", undefined));
    try {
      await next.connect();
      await next.query(`LISTEN ${channel}`);
      // What happened before is no news to this connection: everybody looks once.
      for (const operationId of emitter.eventNames()) emitter.emit(operationId);
    } catch (error) {
      logger.warn({ err: error }, "listening for operation events failed; trying again");
      await next.end().catch(() => {});
      lost();
    }
  }

  return {
    async *changes(operationId, signal) {
      if (!client && !closed) void connect();
      const sweep = setInterval(() => emitter.emit(operationId), sweepMs);
      try {
        const events = on(emitter, operationId, { signal });
        yield;
        for await (const _ of events) yield;
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        clearInterval(sweep);
      }
    },
    async close() {
      closed = true;
      await client?.end().catch(() => {});
    },
  };
}
