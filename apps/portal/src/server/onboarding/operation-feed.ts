import { type Listening, listen } from "@leasehold/db/control/listen";
import { DomainError } from "@leasehold/domain/errors";
import type { Logger } from "@leasehold/tenancy/logger";

const channel = "operation_events";
/** A notification can be lost with its connection; readers look again after this long in any case. */
const sweepMs = 5_000;
/** Tabs that one person, or one sign-up without an account, may keep open; and readers of one process. */
export const streamsPerCaller = 20;
const streamsPerProcess = 5_000;

export interface OperationFeed {
  /**
   * Yields whenever the operation may have new events: at once when it has, and every few seconds anyhow. What happens while
   * the reader is busy wakes it once. Throws LIMIT_EXCEEDED (`too-many-streams`).
   */
  changes(operationId: string, caller: string, signal: AbortSignal): AsyncGenerator<void>;
  close(): Promise<void>;
}

interface Reader {
  operationId: string;
  wake(): void;
  /** Resolves at the next wake-up, or at once when there was one since the last. */
  woken(): Promise<void>;
}

/** Wake-ups are remembered as one flag and never queued. */
function createReader(operationId: string): Reader {
  let news = Promise.withResolvers<void>();
  return {
    operationId,
    wake: () => news.resolve(),
    async woken() {
      await news.promise;
      news = Promise.withResolvers<void>();
    },
  };
}

function tooManyStreams(): DomainError {
  return new DomainError("LIMIT_EXCEEDED", "This page is open too many times. Close some of the others.", {
    reason: "too-many-streams",
    retryAfterSeconds: 30,
  });
}

/** One LISTEN for the whole process. Payloads are `op_…:seq`: ids only, and each reader asks the database what it may see. */
export function createOperationFeed(url: string, logger: Logger): OperationFeed {
  const readers = new Set<Reader>();
  const perCaller = new Map<string, number>();
  const wake = (operationId?: string) => {
    for (const reader of readers) if (operationId === undefined || reader.operationId === operationId) reader.wake();
  };
  let sweep: NodeJS.Timeout | undefined;
  let listening: Listening | undefined;
  let closed = false;
  const begin = () =>
    listen(url, {
      channels: [channel],
      applicationName: "portal-feed",
      onNotification: (_channel, payload) => wake(payload.split(":")[0]),
      // What happened before is no news to this connection: everybody looks once.
      onListening: () => wake(),
      onError: (error) => logger.warn({ err: error }, "listening for operation events failed; trying again"),
    });

  return {
    async *changes(operationId, caller, signal) {
      const open = perCaller.get(caller) ?? 0;
      if (open >= streamsPerCaller || readers.size >= streamsPerProcess) throw tooManyStreams();
      perCaller.set(caller, open + 1);
      const reader = createReader(operationId);
      readers.add(reader);
      signal.addEventListener("abort", reader.wake);
      if (!closed) listening ??= begin();
      sweep ??= setInterval(() => wake(), sweepMs).unref();
      try {
        while (!signal.aborted && !closed) {
          yield;
          await reader.woken();
        }
      } finally {
        signal.removeEventListener("abort", reader.wake);
        readers.delete(reader);
        const left = (perCaller.get(caller) ?? 1) - 1;
        if (left > 0) perCaller.set(caller, left);
        else perCaller.delete(caller);
      }
    },
    async close() {
      closed = true;
      clearInterval(sweep);
      wake();
      await listening?.close();
    },
  };
}
