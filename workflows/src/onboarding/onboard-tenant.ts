import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { type OnboardingStep, onboardingStageSteps, onboardingStepLabels } from "@leasehold/domain/onboarding/steps";
import { type ActivityOptions, proxyActivities } from "@temporalio/workflow";
import { forwardOptions, untilDoneOptions } from "../operations/activity-options.ts";
import type { OperationOutcome } from "../operations/contract.ts";
import { runOperation, type StepActivities } from "../operations/run-operation.ts";
import type { OnboardTenantInput } from "./contract.ts";

const does = (step: OnboardingStep, options: ActivityOptions = {}) =>
  proxyActivities<OnboardingActivities>({ ...forwardOptions, ...options, summary: onboardingStepLabels[step] });
const undoes = (step: OnboardingStep, options: ActivityOptions = {}) =>
  proxyActivities<OnboardingActivities>({ ...untilDoneOptions, ...options, summary: `Undo: ${onboardingStepLabels[step]}` });

/** CloudFormation takes minutes; the activity polls and beats. */
const stackBuild = { startToCloseTimeout: "1 hour" } satisfies ActivityOptions;
/** A database of its own is created and migrated here. */
const databaseBuild = { startToCloseTimeout: "3 minutes" } satisfies ActivityOptions;

const steps = {
  place: { run: does("place").place, undo: undoes("place").undoPlace },
  stack: { run: does("stack", stackBuild).provisionStack, undo: undoes("stack", stackBuild).undoProvisionStack },
  administrator: { run: does("administrator").addAdministrator, undo: undoes("administrator").undoAddAdministrator },
  key: { run: does("key").createTenantKey, undo: undoes("key").undoCreateTenantKey },
  "data-home": { run: does("data-home", databaseBuild).prepareDataHome, undo: undoes("data-home", databaseBuild).undoPrepareDataHome },
  "object-prefix": { run: does("object-prefix").prepareObjectPrefix, undo: undoes("object-prefix").undoPrepareObjectPrefix },
  limits: { run: does("limits").applyLimits, undo: undoes("limits").undoApplyLimits },
  verify: { run: does("verify").verifyTenant, undo: undoes("verify").undoVerifyTenant },
  activate: { run: does("activate").activateTenant },
} satisfies Record<OnboardingStep, StepActivities>;

const records = proxyActivities<OnboardingActivities>({ ...untilDoneOptions, summary: "Recording the operation's state" });

/**
 * From a verified sign-up to a tenant that is ACTIVE and whole, or to nothing but the record of the attempt. A step that
 * fails for good waits for an operator: retry it, or roll back.
 */
export async function onboardTenant(input: OnboardTenantInput): Promise<OperationOutcome> {
  return runOperation({ steps, labels: onboardingStepLabels, records }, input, async (run) => {
    const placement = await run.step("place");
    for (const stage of onboardingStageSteps(placement, { after: "place", before: "activate" })) await run.together(stage);
    await run.pointOfNoReturn("activate");
  });
}
