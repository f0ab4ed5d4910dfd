import type { KeyActivities } from "@leasehold/activities/keys/create-key-activities";
import type { ErasureActivities } from "@leasehold/activities/offboarding/create-erasure-activities";
import type { ExportActivities } from "@leasehold/activities/offboarding/create-export-activities";
import type { OffboardingActivities } from "@leasehold/activities/offboarding/create-offboarding-activities";
import type { ShreddingActivities } from "@leasehold/activities/offboarding/create-shredding-activities";
import type { OnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import type { SuspensionActivities } from "@leasehold/activities/suspension/create-suspension-activities";
import type { ExportRef } from "@leasehold/domain/offboarding/exports";
import type { EpochTurnInput, KeyOperationInput } from "@leasehold/workflows/keys/contract";
import type { OffboardTenantInput } from "@leasehold/workflows/offboarding/contract";
import type { OnboardTenantInput } from "@leasehold/workflows/onboarding/contract";
import { forwardOptions } from "@leasehold/workflows/operations/activity-options";
import type { OperationInput } from "@leasehold/workflows/operations/contract";
import { proxyActivities } from "@temporalio/workflow";

const steps = proxyActivities<OnboardingActivities>(forwardOptions);
const closingSteps = proxyActivities<OffboardingActivities & ShreddingActivities>(forwardOptions);
const keySteps = proxyActivities<KeyActivities>(forwardOptions);
const suspensionSteps = proxyActivities<SuspensionActivities>(forwardOptions);
const erasureSteps = proxyActivities<ErasureActivities>(forwardOptions);
const exportSteps = proxyActivities<ExportActivities>(forwardOptions);

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

/** The closing with its keys destroyed before the hold. */
export async function offboardTenant(input: OffboardTenantInput): Promise<void> {
  await closingSteps.freezeTenant(input);
  await closingSteps.destroyKeys(input);
  await closingSteps.beginHold({ ...input, now: Date.now() });
}

/** The turn of an epoch whose KMS key is ended before its keys are moved. */
export async function turnEpoch(input: EpochTurnInput): Promise<void> {
  await keySteps.beginEpochTurn(input);
  await keySteps.endEpochTurn(input);
  await keySteps.rewrapEpoch(input);
}

/** The erasure that is certified before anything is erased. */
export async function erasePerson(input: OperationInput): Promise<void> {
  await erasureSteps.endPersonAccess(input);
  await erasureSteps.certifyErasure(input);
}

/** The export that is deleted before it is built. */
export async function exportTenant(input: ExportRef): Promise<void> {
  await exportSteps.expireExport({ ...input, now: Date.now() });
  await exportSteps.buildExport(input);
}

/** The suspension whose keys are off before anybody is refused. */
export async function suspendTenant(input: OperationInput): Promise<void> {
  await suspensionSteps.cutOffSuspended(input);
  await suspensionSteps.shutSuspended(input);
}

/** Its end that lets people in before their keys open. */
export async function resumeTenant(input: OperationInput): Promise<void> {
  await suspensionSteps.beginResuming(input);
  await suspensionSteps.openSuspended(input);
  await suspensionSteps.restoreSuspendedKeys(input);
}
