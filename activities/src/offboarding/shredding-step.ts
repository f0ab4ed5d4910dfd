import { requireShredding } from "@leasehold/db/control/offboarding/require-shredding";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { nothing } from "../onboarding/step-place.ts";
import { type OperationRef, type StepContext, type StepEffect, type StepNeeds, stepActivity } from "../operations/run-step.ts";
import { offboardingPlaceOf } from "./step-place.ts";

/**
 * A step behind the point of no return. It destroys nothing unless the database has let the tenant go to this very operation, under
 * no legal hold, whoever calls it. Refuses with PRECONDITION_FAILED `not-shredding` or `legal-hold`.
 */
export function shreddingStep(
  needs: StepNeeds,
  step: OffboardingStep,
  effect: (context: StepContext) => Promise<StepEffect>,
  afterwards?: Parameters<typeof stepActivity>[4],
): (ref: OperationRef) => Promise<void> {
  const guarded = async (context: StepContext) => {
    await requireShredding(needs.control, context);
    return effect(context);
  };
  return stepActivity(needs, offboardingPlaceOf(step), guarded, nothing, afterwards);
}
