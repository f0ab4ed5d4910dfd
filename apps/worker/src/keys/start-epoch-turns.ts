import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { listDueTurns } from "@leasehold/db/keyring/epochs/want-turn";
import { epochTurnIdOf } from "@leasehold/domain/keys/epochs";
import type { Logger } from "@leasehold/tenancy/logger";
import { turnEpochType } from "@leasehold/workflows/keys/contract";
import { type Client, WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import type pg from "pg";
import { createDrain } from "../listen/create-drain.ts";

export interface EpochTurnsOptions {
  keyring: pg.Pool;
  client: Client;
  taskQueue: string;
  logger: Logger;
  everyMs?: number;
}

/** A turn that is under way is not asked about again for so long, in milliseconds. */
const askAgainMs = 5_000;

/** Begins the turns that are due, and those again whose run ended by other hands. Any number of workers may: a turn runs once. */
export function startEpochTurns(options: EpochTurnsOptions): { stop(): Promise<void> } {
  const { keyring, client, taskQueue, logger, everyMs = 1_000 } = options;
  const asked = new Map<string, number>();

  async function begin(epoch: EpochRef): Promise<void> {
    const workflowId = epochTurnIdOf(epoch);
    if ((asked.get(workflowId) ?? 0) > Date.now()) return;
    try {
      await client.withDeadline(Date.now() + 5_000, () => client.workflow.start(turnEpochType, { workflowId, taskQueue, args: [epoch] }));
      logger.info({ ...epoch }, "an epoch turns");
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    asked.set(workflowId, Date.now() + askAgainMs);
  }

  const drain = createDrain({
    concurrency: 1,
    sweepEveryMs: everyMs,
    logger,
    work: async () => {
      for (const epoch of await listDueTurns(keyring, new Date())) await begin(epoch);
      return false;
    },
  });
  drain.kick();
  return { stop: () => drain.stop() };
}
