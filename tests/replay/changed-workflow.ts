import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import type { OnboardTenantInput } from "@leasehold/workflows/onboarding/contract";
import { forwardOptions } from "@leasehold/workflows/operations/activity-options";
import { proxyActivities } from "@temporalio/workflow";

const steps = proxyActivities<OnboardingActivities>(forwardOptions);

/** The onboarding with its stages deliberately out of order: what replaying must refuse. */
export async function onboardTenant(input: OnboardTenantInput): Promise<void> {
  await steps.place(input);
  await steps.verifyTenant(input);
  await steps.createTenantKey(input);
}
