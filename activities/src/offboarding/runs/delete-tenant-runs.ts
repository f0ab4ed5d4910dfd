import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "@leasehold/domain/errors";
import type { Client } from "@temporalio/client";
import { shreddingStep } from "../shredding-step.ts";
import { countRuns, listRuns, type RunRef } from "./list-runs.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { noteAfter, noteBefore } from "./run-evidence.ts";
import { untilNone } from "./until-none.ts";

const page = 500;
const lanes = 10;
const callMs = 5_000;
const pauseMs = 250;
/** Deleting a run takes Temporal some seconds; a cluster under load a minute. */
const patienceMs = 120_000;
/** gRPC's status of what is not there. */
const notFound = 5;

const looked = {
  store: "runs-deleted",
  label: "History of the workspace's work in Temporal",
  how: "count of all runs by the prefix of the workspace's runs, as Temporal lists them, and a description of each that was deleted",
};

/**
 * Idempotent by tenant id. Deletes the history of every run that carried the tenant's data; one that is open all the same is ended by
 * that. Temporal deletes later than it answers: each run is described until it is not found, and the list is read again until it is empty.
 */
export function deleteTenantRuns(needs: RunDependencies) {
  const { control, temporal } = needs;
  return shreddingStep(needs, "delete-runs", async (context) => {
    const { tenantId, signal } = context;
    const noted = await noteBefore(control, context, looked, () => countRuns(temporal, tenantId, "all"));
    await untilNone(signal, async () => {
      const found = await listRuns(temporal, tenantId, "all", page);
      await inLanes(found, signal, (run) => deleteRun(temporal, run));
      await inLanes(found, signal, (run) => untilGone(temporal, run, signal));
      return found.length;
    });
    const after = await countRuns(temporal, tenantId, "all");
    const at = new Date();
    return { within: (tx) => noteAfter(tx, context, noted, after, at) };
  });
}

async function inLanes(runs: readonly RunRef[], signal: AbortSignal, work: (run: RunRef) => Promise<void>): Promise<void> {
  const left = [...runs];
  const lane = async () => {
    for (let run = left.pop(); run !== undefined; run = left.pop()) {
      signal.throwIfAborted();
      await work(run);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function deleteRun(temporal: Client, workflowExecution: RunRef): Promise<void> {
  const { namespace } = temporal.options;
  const asked = temporal.withDeadline(Date.now() + callMs, () =>
    temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }),
  );
  await asked.catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

async function untilGone(temporal: Client, run: RunRef, signal: AbortSignal): Promise<void> {
  for (const until = Date.now() + patienceMs; ; await sleep(pauseMs, undefined, { signal })) {
    if (!(await isThere(temporal, run))) return;
    if (Date.now() > until) {
      throw new DomainError("UNAVAILABLE", "Temporal has not deleted a run of the workspace yet.", { reason: "runs-remain" });
    }
  }
}

/** Asked without decoding anything: its key is gone. */
async function isThere(temporal: Client, execution: RunRef): Promise<boolean> {
  const { namespace } = temporal.options;
  try {
    await temporal.withDeadline(Date.now() + callMs, () => temporal.workflowService.describeWorkflowExecution({ namespace, execution }));
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === notFound;
}
