import type { Dispatch, PendingCommand } from "@leasehold/db/control/commands/dispatch-commands";
import { onboardingWorkflowId, onboardTenantType } from "@leasehold/workflows/onboarding/contract";
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

/** Shorter than the database lets the claim's transaction idle. */
const callMs = 5_000;

export interface DispatchTarget {
  client: Client;
  taskQueue: string;
  /** Begin in this process at once: when its worker shares the client's connection. */
  eagerStart: boolean;
}

const decisions: Record<string, Decision> = { "retry-step": "retry", "roll-back": "roll-back" };

/**
 * Carries one command to Temporal. Ids come from the operation and the command, so that doing it twice is doing it once.
 * What Temporal does not answer is postponed.
 */
export async function dispatchCommand(target: DispatchTarget, command: PendingCommand): Promise<Dispatch> {
  const decision = decisions[command.kind];
  if (command.kind !== "onboard-tenant" && decision === undefined) return { outcome: "refused", refusal: "There is no such command." };
  return target.client.withDeadline(Date.now() + callMs, () =>
    decision === undefined ? start(target, command) : decide(target, command, decision),
  );
}

async function start({ client, taskQueue, eagerStart }: DispatchTarget, command: PendingCommand, resume?: Decision): Promise<Dispatch> {
  const { operationId, tenantId, plan } = command;
  const input: OperationInput = { operationId, tenantId, ...(resume === undefined ? {} : { resume }) };
  try {
    await client.workflow.start(onboardTenantType, {
      workflowId: onboardingWorkflowId(operationId),
      taskQueue,
      args: [input],
      workflowIdReusePolicy: resume === undefined ? "REJECT_DUPLICATE" : "ALLOW_DUPLICATE",
      workflowIdConflictPolicy: "USE_EXISTING",
      requestEagerStart: eagerStart,
      staticSummary: "Onboarding of a tenant",
      typedSearchAttributes: [
        { key: tenantIdAttribute, value: tenantId },
        { key: operationAttribute, value: "onboarding" },
        { key: statusAttribute, value: "RUNNING" },
        ...(plan === null ? [] : [{ key: planAttribute, value: plan }]),
      ],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { outcome: "dispatched" };
}

/** An operator's decision: to the run that waits for it, or, where that run is gone, to a new one that takes it up. */
async function decide(target: DispatchTarget, command: PendingCommand, decision: Decision): Promise<Dispatch> {
  const step = command.payload.step;
  if (step === undefined) return { outcome: "refused", refusal: "The command names no step." };
  try {
    await target.client.workflow
      .getHandle(onboardingWorkflowId(command.operationId))
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
