import { isKeyAction, keyStepsFor } from "@leasehold/domain/keys/steps";
import { erasureSteps } from "@leasehold/domain/offboarding/erasure";
import { offboardingSteps } from "@leasehold/domain/offboarding/steps";
import { onboardingSteps } from "@leasehold/domain/onboarding/steps";
import type { OperationKind } from "@leasehold/domain/operations";
import { isSuspensionAction, suspensionStepsFor } from "@leasehold/domain/suspension/steps";

/** Where an operation is parked whose run never began. */
export function firstStepOf({ kind, action }: { kind: OperationKind; action: string | null }): string {
  if (kind === "erasure") return erasureSteps[0].step;
  if (kind === "offboarding") return offboardingSteps[0].step;
  if (kind === "suspension" && isSuspensionAction(action)) return suspensionStepsFor(action)[0] ?? "";
  const keySteps = kind === "keys" && isKeyAction(action) ? keyStepsFor(action) : [];
  return keySteps[0] ?? onboardingSteps[0].step;
}
