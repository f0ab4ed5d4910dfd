import { findOpenStep } from "@leasehold/db/control/operations/find-open-step";
import { listOpenOperations, type OpenOperation } from "@leasehold/db/control/operations/list-open-operations";
import { parkOperation } from "@leasehold/db/control/operations/park-operation";
import type { Logger } from "@leasehold/tenancy/logger";
import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import type pg from "pg";
import { firstStepOf } from "../commands/first-step.ts";
import { createDrain } from "../listen/create-drain.ts";

const page = 100;

export interface ReconcilerOptions {
  control: pg.Pool;
  client: Client;
  logger: Logger;
  /** Operations whose command was handed over more recently are left alone, in seconds. */
  olderThanSeconds?: number;
  everyMs?: number;
}

/**
 * Compares open operations with their runs. One whose run ended by other hands, or is not there, needs an operator: the
 * retry starts a new run.
 */
export function startReconciler(options: ReconcilerOptions): { stop(): Promise<void>; kick(): void } {
  const { control, client, logger, olderThanSeconds = 30, everyMs = 15_000 } = options;
  let after = "";
  return createDrain({
    concurrency: 1,
    sweepEveryMs: everyMs,
    logger,
    work: async () => {
      const open = await listOpenOperations(control, { olderThanSeconds, after, limit: page });
      for (const operation of open) {
        if (!(await isRunning(client, operation))) await park(control, operation, logger);
      }
      after = open.length === page ? (open.at(-1)?.operationId ?? "") : "";
      return open.length === page;
    },
  });
}

async function isRunning(client: Client, { workflowId }: OpenOperation): Promise<boolean> {
  try {
    const { status } = await client.withDeadline(Date.now() + 5_000, () => client.workflow.getHandle(workflowId).describe());
    return status.name === "RUNNING" || status.name === "PAUSED";
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function park(control: pg.Pool, operation: OpenOperation, logger: Logger): Promise<void> {
  const step = (await findOpenStep(control, operation)) ?? firstStepOf(operation);
  const reason =
    operation.state === "ROLLING_BACK"
      ? "The run of this operation has ended outside of it, during a roll back. Rolling back starts a new run, which finishes it."
      : "The run of this operation has ended outside of it. Retrying starts a new run, which takes it up.";
  const state = await parkOperation(control, { ...operation, failures: [{ step, code: "UNAVAILABLE", reason }] });
  logger.error({ tenantId: operation.tenantId, operationId: operation.operationId, step, state }, "an open operation has no run");
}
