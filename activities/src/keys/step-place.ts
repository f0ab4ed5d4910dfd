import { type KeyStep, keyStepPosition } from "@leasehold/domain/keys/steps";
import type { StepPlace } from "../operations/run-step.ts";

export function keyPlaceOf(step: KeyStep): StepPlace {
  return { step, ...keyStepPosition(step) };
}
