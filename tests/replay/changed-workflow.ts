import type { KeyActivities } from "@leasehold/activities/keys/create-key-activities";
import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import type { KeyOperationInput } from "@leasehold/workflows/keys/contract";
import type { OnboardTenantInput } from "@leasehold/workflows/onboarding/contract";
import { forwardOptions } from "@leasehold/workflows/operations/activity-options";
import { proxyActivities } from "@temporalio/workflow";

const steps = proxyActivities<OnboardingActivities>(forwardOptions);
const keySteps = proxyActivities<KeyActivities>(forwardOptions);

/** The onboarding with its stages deliberately out of order: what replaying must refuse. */
export async function onboardTenant(input: OnboardTenantInput): Promise<void> {
  await steps.place(input);
  await steps.verifyTenant(input);
  await steps.createTenantKey(input);
}

/** The rotation with its old keys destroyed before anything is encrypted anew. */
export async function rotateTenantKey(input: KeyOperationInput): Promise<void> {
  await keySteps.makeDataKey(input);
  await keySteps.retireOldKeys(input);
}

/** The change of a key without its trial. */
export async function changeTenantKey(input: KeyOperationInput): Promise<void> {
  await keySteps.rewrapDataKeys(input);
  await keySteps.switchTenantKey(input);
}
