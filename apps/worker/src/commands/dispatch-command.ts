import type { Dispatch, PendingCommand } from "@leasehold/db/control/commands/dispatch-commands";
import { isDomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import { offboardingChangedSignal, offboardingWorkflowId } from "@leasehold/workflows/offboarding/contract";
import {
  type Decision,
  type OperationInput,
  operationAttribute,
  planAttribute,
  resolveOperationUpdate,
  statusAttribute,
  tenantIdAttribute,
} from "@leasehold/workflows/operations/contract";
import {
  ApplicationFailure,
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from "@temporalio/client";
import { runOf } from "./run-of.ts";

/** Shorter than the database lets the claim's transaction idle. */
const callMs = 5_000;

export interface DispatchTarget {
  client: Client;
  taskQueue: string;
  /** Begin in this process at once: when its worker shares the client's connection. */
  eagerStart: boolean;
  /** Begins the run that builds an export; the same one once. */
  startExport(ref: ExportRef): Promise<unknown>;
  /** Has an epoch that is held looked at at once. */
  lookAgain(epoch: { pool: string; epoch: number }): Promise<unknown>;
}

const startKinds = new Set([
  "onboard-tenant",
  "rotate-tenant-key",
  "change-tenant-key",
  "offboard-tenant",
  "preview-offboarding",
  "erase-person",
  "suspend-tenant",
  "resume-tenant",
]);
/** Whether a command begins an operation, and decides nothing about one. */
export function isStart(kind: string): boolean {
  return startKinds.has(kind);
}

/** An export is no operation: its run is the tenant's own. */
export const exportKind = "export-tenant";

/** Wrapped keys that do not open were given up: the epoch that is held for them goes on. */
const lossKind = "give-up-keys";

/** Something about a closing's hold was decided. */
const changedKind = "change-offboarding";

const decisions: Record<string, Decision> = { "retry-step": "retry", "roll-back": "roll-back" };

/**
 * Carries one command to Temporal. Ids come from the operation and the command, so that doing it twice is doing it once.
 * What Temporal does not answer is postponed.
 */
export async function dispatchCommand(target: DispatchTarget, command: PendingCommand): Promise<Dispatch> {
  if (command.kind === exportKind) return startExport(target, command);
  if (command.kind === lossKind) return lookAgain(target, command);
  if (command.kind === changedKind) return tellOfChange(target, command);
  const decision = decisions[command.kind];
  if (!isStart(command.kind) && decision === undefined) return { outcome: "refused", refusal: "There is no such command." };
  return target.client.withDeadline(Date.now() + callMs, () =>
    decision === undefined ? start(target, command) : decide(target, command, decision),
  );
}

/** The database has decided: the run looks at it again. Where there is none yet, or none any more, nobody has to be told. */
async function tellOfChange({ client }: DispatchTarget, { operationId }: PendingCommand): Promise<Dispatch> {
  const run = client.workflow.getHandle(offboardingWorkflowId(operationId));
  try {
    await client.withDeadline(Date.now() + callMs, () => run.signal(offboardingChangedSignal));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return { outcome: "dispatched" };
}

async function lookAgain(target: DispatchTarget, { payload: { pool, epoch } }: PendingCommand): Promise<Dispatch> {
  if (pool === undefined || epoch === undefined) return { outcome: "refused", refusal: "The command names no epoch." };
  await target.lookAgain({ pool, epoch });
  return { outcome: "dispatched" };
}

async function startExport(target: DispatchTarget, { tenantId, payload }: PendingCommand): Promise<Dispatch> {
  const { exportId } = payload;
  if (!isId("export", exportId)) return { outcome: "refused", refusal: "The command names no export." };
  try {
    await target.startExport({ tenantId, exportId });
    return { outcome: "dispatched" };
  } catch (error) {
    if (!isDomainError(error) || error.code === "UNAVAILABLE") throw error;
    return { outcome: "refused", refusal: error.message };
  }
}

type RunTarget = Pick<DispatchTarget, "client" | "taskQueue" | "eagerStart">;

async function start({ client, taskQueue, eagerStart }: RunTarget, command: PendingCommand, resume?: Decision): Promise<Dispatch> {
  const { operationId, tenantId, plan } = command;
  const run = runOf(command);
  // It has run to its end, and the dispatcher was not told.
  if (run === undefined) return { outcome: "dispatched" };
  const input: OperationInput = { operationId, tenantId, ...(resume === undefined ? {} : { resume }) };
  try {
    await client.workflow.start(run.type, {
      workflowId: run.workflowId,
      taskQueue,
      args: [input],
      workflowIdReusePolicy: resume === undefined ? "REJECT_DUPLICATE" : "ALLOW_DUPLICATE",
      workflowIdConflictPolicy: "USE_EXISTING",
      requestEagerStart: eagerStart,
      staticSummary: run.summary,
      typedSearchAttributes: [
        { key: tenantIdAttribute, value: tenantId },
        { key: operationAttribute, value: run.kind },
        { key: statusAttribute, value: "RUNNING" },
        ...(plan === null ? [] : [{ key: planAttribute, value: plan }]),
      ],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { outcome: "dispatched" };
}

/** A decision about a parked operation: to the run that waits for it, or, where that run is gone, to a new one that takes it up. */
export async function decide(target: RunTarget, command: PendingCommand, decision: Decision): Promise<Dispatch> {
  const step = command.payload.step;
  if (step === undefined) return { outcome: "refused", refusal: "The command names no step." };
  const run = runOf(command);
  if (run === undefined) return { outcome: "refused", refusal: "The operation has ended." };
  try {
    await target.client.workflow
      .getHandle(run.workflowId)
      .executeUpdate(resolveOperationUpdate, { args: [{ step, decision }], updateId: command.commandId });
    return { outcome: "dispatched" };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return start(target, command, decision);
    if (error instanceof WorkflowUpdateFailedError) {
      const said = error.cause instanceof ApplicationFailure ? error.cause.message : "The operation did not take the decision.";
      return { outcome: "refused", refusal: said };
    }
    throw error;
  }
}
