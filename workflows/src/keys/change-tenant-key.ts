import type { KeyActivities } from "@leasehold/activities/keys/create-key-activities";
import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { type KeyChangeStep, keyStepLabels } from "@leasehold/domain/keys/steps";
import { proxyActivities } from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";
import type { OperationOutcome } from "../operations/contract.ts";
import { runOperation, type StepActivities } from "../operations/run-operation.ts";
import type { KeyOperationInput } from "./contract.ts";

const does = (step: KeyChangeStep) =>
  proxyActivities<KeyActivities>({ ...forwardOptions, startToCloseTimeout: "90s", summary: keyStepLabels[step] });
const undoes = (step: KeyChangeStep) => proxyActivities<KeyActivities>({ ...untilDoneOptions, summary: `Undo: ${keyStepLabels[step]}` });

const steps = {
  "try-key": { run: does("try-key").tryTenantKey, undo: undoes("try-key").undoTryTenantKey },
  rewrap: { run: does("rewrap").rewrapDataKeys, undo: undoes("rewrap").undoRewrapDataKeys },
  "prove-key": { run: does("prove-key").proveTenantKey, undo: undoes("prove-key").undoProveTenantKey },
  "switch-key": { run: does("switch-key").switchTenantKey },
} satisfies Record<KeyChangeStep, StepActivities>;

const recording = { ...untilDoneOptions, summary: "Recording the operation's state" };
const { parkOperation, resumeOperation } = proxyActivities<OnboardingActivities>(recording);
const keyRecords = proxyActivities<KeyActivities>(recording);
const { beginKeysRollback: beginRollback, finishKeysRollback: finishRollback, readTrialOutcome, finishTrial } = keyRecords;
const records = { parkOperation, resumeOperation, beginRollback, finishRollback };

/**
 * From one KMS key to another: the platform's, or the customer's own. A key that lacks a permission is not taken, and nothing is
 * changed by finding out. The data keys stay the same, so that nobody waits and nothing is encrypted anew.
 */
export async function changeTenantKey({ operationId, tenantId, ...input }: KeyOperationInput): Promise<OperationOutcome> {
  const ref = { operationId, tenantId };
  return runOperation({ steps, labels: keyStepLabels, records }, { ...ref, ...input }, async (run) => {
    await run.step("try-key");
    const trial = await readTrialOutcome(ref);
    if (trial.only) return finishTrial({ ...ref, inUse: trial.inUse });
    if (!trial.passed) run.abandon();
    await run.step("rewrap");
    await run.step("prove-key");
    await run.pointOfNoReturn("switch-key");
  });
}
