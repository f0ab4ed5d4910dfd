import type { StepCatalog } from "@leasehold/db/control/operations/step-call";
import { DomainError } from "@leasehold/domain/errors";
import { type OnboardingStep, onboardingStepPosition } from "@leasehold/domain/onboarding/steps";
import type { Placement } from "@leasehold/domain/placement";
import type { StepPlace } from "../operations/run-step.ts";

export function placeOf(step: OnboardingStep): StepPlace {
  return { step, ...onboardingStepPosition(step) };
}

/** The tenant's placement, which the first step has written. Throws PRECONDITION_FAILED when it has not. */
export function placementOf(catalog: StepCatalog): Placement {
  if (catalog.placement === null) {
    throw new DomainError("PRECONDITION_FAILED", "The tenant has no place yet.", { reason: "not-placed" });
  }
  return catalog.placement;
}

/** For steps that tell the workflow nothing. */
export function nothing(): void {}
