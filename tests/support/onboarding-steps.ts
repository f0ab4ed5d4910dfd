import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import type { OnboardingStep } from "@leasehold/domain/onboarding/steps";
import { ApplicationFailure } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import type { RequestedTenant } from "./request-onboarding.ts";

/** A step without its row here does not compile. */
export const stepActivities: Record<OnboardingStep, keyof OnboardingActivities> = {
  place: "place",
  stack: "provisionStack",
  administrator: "addAdministrator",
  key: "createTenantKey",
  "data-home": "prepareDataHome",
  "object-prefix": "prepareObjectPrefix",
  limits: "applyLimits",
  verify: "verifyTenant",
  activate: "activateTenant",
};

export const undoActivities: Record<Exclude<OnboardingStep, "activate">, keyof OnboardingActivities> = {
  place: "undoPlace",
  stack: "undoProvisionStack",
  administrator: "undoAddAdministrator",
  key: "undoCreateTenantKey",
  "data-home": "undoPrepareDataHome",
  "object-prefix": "undoPrepareObjectPrefix",
  limits: "undoApplyLimits",
  verify: "undoVerifyTenant",
};

export type RunStep = (name: keyof OnboardingActivities, ref: RequestedTenant, attempt?: number) => Promise<unknown>;

/** Carries out one activity for a tenant. A service that does not answer in time on a busy machine is asked again, as Temporal does. */
export function stepRunner(activities: OnboardingActivities): RunStep {
  return async function run(name, ref, attempt = 1) {
    const { tenantId, operationId } = ref;
    const environment = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger("ERROR") });
    try {
      return await environment.run(activities[name] as (input: object) => Promise<unknown>, { tenantId, operationId });
    } catch (error) {
      if (attempt > 3 || !(error instanceof ApplicationFailure) || error.nonRetryable) throw error;
      return run(name, ref, attempt + 1);
    }
  };
}
