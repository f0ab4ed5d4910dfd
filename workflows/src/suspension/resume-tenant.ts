import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import type { SuspensionActivities } from "@leasehold/activities/suspension/create-suspension-activities";
import { type ResumingStep, suspensionStepLabels } from "@leasehold/domain/suspension/steps";
import { proxyActivities } from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";
import type { OperationInput, OperationOutcome } from "../operations/contract.ts";
import { runOperation, type StepActivities } from "../operations/run-operation.ts";

const does = (step: ResumingStep) => proxyActivities<SuspensionActivities>({ ...forwardOptions, summary: suspensionStepLabels[step] });
const undoes = (step: ResumingStep) =>
  proxyActivities<SuspensionActivities>({ ...untilDoneOptions, summary: `Undo: ${suspensionStepLabels[step]}` });

const steps = {
  "begin-resuming": { run: does("begin-resuming").beginResuming, undo: undoes("begin-resuming").undoBeginResuming },
  "restore-keys": { run: does("restore-keys").restoreSuspendedKeys, undo: undoes("restore-keys").undoRestoreSuspendedKeys },
  open: { run: does("open").openSuspended, undo: undoes("open").undoOpenSuspended },
  "finish-resuming": { run: does("finish-resuming").finishResuming },
} satisfies Record<ResumingStep, StepActivities>;

const recording = { ...untilDoneOptions, summary: "Recording the operation's state" };
const { parkOperation, resumeOperation } = proxyActivities<OnboardingActivities>(recording);
const { beginSuspensionRollback: beginRollback, finishSuspensionRollback: finishRollback } =
  proxyActivities<SuspensionActivities>(recording);
const records = { parkOperation, resumeOperation, beginRollback, finishRollback };

/** From SUSPENDED to ACTIVE, as before: the keys open before anybody gets in. A roll back leaves the tenant suspended. */
export async function resumeTenant(input: OperationInput): Promise<OperationOutcome> {
  return runOperation({ steps, labels: suspensionStepLabels, records }, input, async (run) => {
    await run.step("begin-resuming");
    await run.step("restore-keys");
    await run.step("open");
    await run.pointOfNoReturn("finish-resuming");
  });
}
