import { keyActions, keyStepLabels, keyStepsFor } from "@leasehold/domain/keys/steps";
import { offboardingStepLabels, offboardingSteps } from "@leasehold/domain/offboarding/steps";
import { type OnboardingStep, onboardingStepsFor } from "@leasehold/domain/onboarding/steps";
import type { OperationKind } from "@leasehold/domain/operations";
import type { PlanId } from "@leasehold/domain/plans";
import { plans } from "@leasehold/domain/plans";
import { suspensionActions, suspensionStepLabels, suspensionStepsFor } from "@leasehold/domain/suspension/steps";

const operatorLabels: Record<OnboardingStep, string> = {
  place: "Choose the placement",
  stack: "Build the tenant's stack",
  administrator: "Make the first administrator",
  key: "Create the tenant's key",
  "data-home": "Prepare the database",
  "object-prefix": "Prepare the object storage",
  limits: "Apply the plan's limits",
  verify: "Verify through the application plane",
  activate: "Activate",
};

const labels: Partial<Record<OperationKind, Record<string, string>>> = {
  onboarding: operatorLabels,
  keys: keyStepLabels,
  offboarding: offboardingStepLabels,
  suspension: suspensionStepLabels,
};

/** A step in the operators' words; its own name when it is not known. Kinds of operations have steps of the same name. */
export function stepLabel(kind: OperationKind | null, step: string): string {
  const known = (kind === null ? undefined : labels[kind]) ?? {};
  return Object.hasOwn(known, step) ? (known[step] ?? step) : step;
}

/** An operation's kind as a heading begins. */
export function kindLabel(kind: OperationKind): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** The steps that an operation will go through, so that those still to come are shown too; work on keys and suspensions are told by those they have begun. */
export function plannedSteps(kind: OperationKind, plan: PlanId, begun: readonly string[] = []): readonly string[] {
  if (kind === "offboarding") return offboardingSteps.map(({ step }) => step);
  if (kind === "onboarding") return onboardingStepsFor(plans[plan].placement);
  if (kind === "suspension") {
    return suspensionActions.map(suspensionStepsFor).find((steps) => steps.some((step) => begun.includes(step))) ?? [];
  }
  return keyActions.map(keyStepsFor).find((steps) => steps.some((step) => begun.includes(step))) ?? [];
}
