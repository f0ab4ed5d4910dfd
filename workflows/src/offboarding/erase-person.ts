import type { ErasureActivities } from "@leasehold/activities/offboarding/create-erasure-activities";
import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { type ErasureStep, erasureStepLabels } from "@leasehold/domain/offboarding/erasure";
import { type ActivityOptions, proxyActivities } from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";
import type { OperationInput, OperationOutcome } from "../operations/contract.ts";
import { runOperation, type StepActivities } from "../operations/run-operation.ts";

const does = (step: ErasureStep, options: ActivityOptions = {}) =>
  proxyActivities<ErasureActivities>({ ...forwardOptions, startToCloseTimeout: "120s", ...options, summary: erasureStepLabels[step] });

const steps = {
  "end-access": { run: does("end-access").endPersonAccess },
  "erase-documents": { run: does("erase-documents", { startToCloseTimeout: "12 hours" }).erasePersonDocuments },
  "erase-traces": { run: does("erase-traces").erasePersonTraces },
  "erase-account": { run: does("erase-account").erasePersonAccount },
  "look-again": { run: does("look-again").lookForPerson },
  "certify-erasure": { run: does("certify-erasure").certifyErasure },
} satisfies Record<ErasureStep, StepActivities>;

const recording = { ...untilDoneOptions, summary: "Recording the operation's state" };
const { parkOperation, resumeOperation } = proxyActivities<OnboardingActivities>(recording);
const { beginErasureRollback: beginRollback, finishErasureRollback: finishRollback } = proxyActivities<ErasureActivities>(recording);
const records = { parkOperation, resumeOperation, beginRollback, finishRollback };

/**
 * One person leaves no trace in a tenant that goes on: access first, so that nothing new comes, then what they made, what names them,
 * and the account where nothing else needs it; a look everywhere, and a certificate. Behind the first step nothing is taken back.
 */
export async function erasePerson(input: OperationInput): Promise<OperationOutcome> {
  return runOperation({ steps, labels: erasureStepLabels, records }, input, async (run) => {
    await run.pointOfNoReturn("end-access");
    await run.step("erase-documents");
    await run.step("erase-traces");
    await run.step("erase-account");
    await run.step("look-again");
    await run.step("certify-erasure");
  });
}
