import { EventEmitter, on } from "node:events";
import { type Listening, listen } from "../listen.ts";

const channel = "operation_events";

/** Why a reader is woken: it begins, something happened (or may have, while nobody listened), or some seconds went by. */
export type Wake = "begin" | "news" | "sweep";

/** Tells when an operation has news. Carries ids and numbers only; what happened is read from the tables. */
export interface OperationFeed {
  /**
   * Yields `begin` at once, `news` whenever the operation (any operation, without an id) may have some, and `sweep` every
   * few seconds anyhow, until the signal aborts. Whoever reads after each of them misses nothing.
   */
  changes(operationId: string | undefined, signal: AbortSignal): AsyncGenerator<Wake, void, void>;
  close(): Promise<void>;
}

export interface OperationFeedOptions {
  /** Shown in pg_stat_activity. */
  applicationName: string;
  onError?: (error: unknown) => void;
  /** Milliseconds between sweeps; 3000 unless told. */
  sweepMs?: number;
}

/** One LISTEN for the whole process, however many pages are open; begun by the first reader. */
export function createOperationFeed(url: string, { applicationName, onError, sweepMs = 3_000 }: OperationFeedOptions): OperationFeed {
  const emitter = new EventEmitter().setMaxListeners(0);
  let listening: Listening | undefined;
  let sweep: NodeJS.Timeout | undefined;
  let closed = false;
  const begin = () =>
    listen(url, {
      channels: [channel],
      applicationName,
      onNotification: (_channel, payload) => emitter.emit("wake", "news", payload.split(":")[0]),
      onListening: () => emitter.emit("wake", "news", undefined),
      onError,
    });

  return {
    async *changes(operationId, signal) {
      if (closed) return;
      listening ??= begin();
      // Heard from here on, so that what happens during the first read wakes the next one.
      const wakes = on(emitter, "wake", { signal });
      sweep ??= setInterval(() => emitter.emit("wake", "sweep", undefined), sweepMs).unref();
      try {
        yield "begin";
        for await (const [wake, changed] of wakes) {
          if (changed === undefined || operationId === undefined || changed === operationId) yield wake;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        await wakes.return?.();
      }
    },
    async close() {
      closed = true;
      clearInterval(sweep);
      await listening?.close();
    },
  };
}
