import { type OffboardingStep, offboardingStepPosition } from "@leasehold/domain/offboarding/steps";
import type { StepPlace } from "../operations/run-step.ts";

export function offboardingPlaceOf(step: OffboardingStep): StepPlace {
  return { step, ...offboardingStepPosition(step) };
}
