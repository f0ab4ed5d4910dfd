import type { KeyActivities } from "@leasehold/activities/keys/create-key-activities";
import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { keyStepLabels, type RotationStep } from "@leasehold/domain/keys/steps";
import { type ActivityOptions, proxyActivities } from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";
import type { OperationOutcome } from "../operations/contract.ts";
import { runOperation, type StepActivities } from "../operations/run-operation.ts";
import type { KeyOperationInput } from "./contract.ts";

const does = (step: RotationStep, options: ActivityOptions = {}) =>
  proxyActivities<KeyActivities>({ ...forwardOptions, ...options, summary: keyStepLabels[step] });

/** Everything that a tenant has stored; what was done by an attempt stays done. */
const wholeWalk = { startToCloseTimeout: "12 hours" } satisfies ActivityOptions;

const steps = {
  "new-version": { run: does("new-version").makeDataKey },
  "re-encrypt": { run: does("re-encrypt", wholeWalk).reencryptTenant },
  retire: { run: does("retire", wholeWalk).retireOldKeys },
  "finish-rotation": { run: does("finish-rotation").finishRotation },
} satisfies Record<RotationStep, StepActivities>;

const recording = { ...untilDoneOptions, summary: "Recording the operation's state" };
const { parkOperation, resumeOperation } = proxyActivities<OnboardingActivities>(recording);
const { beginKeysRollback: beginRollback, finishKeysRollback: finishRollback } = proxyActivities<KeyActivities>(recording);
const records = { parkOperation, resumeOperation, beginRollback, finishRollback };

/**
 * A new data key for what is written from now on, everything older encrypted anew beside the tenant's work, and the old keys
 * destroyed once nothing is under them. A roll back leaves both versions readable: nothing is lost by stopping anywhere.
 */
export async function rotateTenantKey(input: KeyOperationInput): Promise<OperationOutcome> {
  return runOperation({ steps, labels: keyStepLabels, records }, input, async (run) => {
    await run.step("new-version");
    await run.step("re-encrypt");
    await run.step("retire");
    await run.pointOfNoReturn("finish-rotation");
  });
}
