import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import type { SuspensionActivities } from "@leasehold/activities/suspension/create-suspension-activities";
import { type SuspendingStep, suspensionStepLabels } from "@leasehold/domain/suspension/steps";
import { proxyActivities } from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";
import type { OperationInput, OperationOutcome } from "../operations/contract.ts";
import { runOperation, type StepActivities } from "../operations/run-operation.ts";

const does = (step: SuspendingStep) => proxyActivities<SuspensionActivities>({ ...forwardOptions, summary: suspensionStepLabels[step] });
const undoes = (step: SuspendingStep) =>
  proxyActivities<SuspensionActivities>({ ...untilDoneOptions, summary: `Undo: ${suspensionStepLabels[step]}` });

const steps = {
  "begin-suspending": { run: does("begin-suspending").beginSuspending, undo: undoes("begin-suspending").undoBeginSuspending },
  shut: { run: does("shut").shutSuspended, undo: undoes("shut").undoShutSuspended },
  "cut-off": { run: does("cut-off").cutOffSuspended, undo: undoes("cut-off").undoCutOffSuspended },
  "finish-suspending": { run: does("finish-suspending").finishSuspending },
} satisfies Record<SuspendingStep, StepActivities>;

const recording = { ...untilDoneOptions, summary: "Recording the operation's state" };
const { parkOperation, resumeOperation } = proxyActivities<OnboardingActivities>(recording);
const { beginSuspensionRollback: beginRollback, finishSuspensionRollback: finishRollback } =
  proxyActivities<SuspensionActivities>(recording);
const records = { parkOperation, resumeOperation, beginRollback, finishRollback };

/**
 * From ACTIVE to SUSPENDED: first nobody new is let in, then what was let in before opens nothing. Nothing of the tenant's is changed,
 * so that ending it brings back what was.
 */
export async function suspendTenant(input: OperationInput): Promise<OperationOutcome> {
  return runOperation({ steps, labels: suspensionStepLabels, records }, input, async (run) => {
    await run.step("begin-suspending");
    await run.step("shut");
    await run.step("cut-off");
    await run.pointOfNoReturn("finish-suspending");
  });
}
