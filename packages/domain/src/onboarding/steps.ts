import { needsStack, type PlacementPolicy } from "../plans.ts";
import { labelsOf, positionIn, type StepDefinition } from "../step-list.ts";

/**
 * The steps of onboarding, in the order in which they are shown. Steps of one stage run at the same time.
 * Everything else reads this list: the workflow, the progress pages, the fault tests.
 */
export const onboardingSteps = [
  { step: "place", stage: 1, label: "Choosing where your data lives" },
  { step: "stack", stage: 2, label: "Building your own cloud stack", when: needsStack },
  { step: "administrator", stage: 3, label: "Making you the owner" },
  { step: "key", stage: 3, label: "Creating your encryption key" },
  { step: "data-home", stage: 3, label: "Preparing your database" },
  { step: "object-prefix", stage: 3, label: "Preparing your file storage" },
  { step: "limits", stage: 3, label: "Applying your plan" },
  { step: "verify", stage: 4, label: "Checking that everything works, and that nobody else gets in" },
  { step: "activate", stage: 5, label: "Opening your workspace" },
] as const satisfies readonly OnboardingStepDefinition[];

interface OnboardingStepDefinition extends StepDefinition {
  when?: (placement: PlacementPolicy) => boolean;
}

export type OnboardingStep = (typeof onboardingSteps)[number]["step"];

/** The steps that a placement needs, in order. */
export function onboardingStepsFor(placement: PlacementPolicy): readonly OnboardingStep[] {
  return onboardingSteps.filter((entry) => !("when" in entry) || entry.when(placement)).map((entry) => entry.step);
}

export const onboardingStepLabels: Record<OnboardingStep, string> = labelsOf(onboardingSteps);

export function onboardingStepPosition(step: OnboardingStep): { position: number; stage: number } {
  return positionIn(onboardingSteps, step);
}

/** The steps that a placement needs between two of them, stage by stage: steps of one stage run at the same time. */
export function onboardingStageSteps(
  placement: PlacementPolicy,
  between: { after: OnboardingStep; before: OnboardingStep },
): readonly (readonly OnboardingStep[])[] {
  const names = onboardingStepsFor(placement);
  const inner = names.slice(names.indexOf(between.after) + 1, names.indexOf(between.before));
  return [...Map.groupBy(inner, (step) => onboardingStepPosition(step).stage).values()];
}
