"use client";

import { onboardingStepLabels, onboardingStepsFor } from "@leasehold/domain/onboarding/steps";
import { isPlanId, plans } from "@leasehold/domain/plans";
import { StepList } from "@leasehold/ui/components/step-list";
import type { Progress } from "./use-follow-events.ts";

/** The plan's steps from the first moment on, so that nothing moves when their rows arrive. */
export function Steps({ progress }: { progress: Progress }) {
  const plan = isPlanId(progress.plan) ? plans[progress.plan] : plans.starter;
  const steps = onboardingStepsFor(plan.placement).map((id) => {
    const row = progress.steps.find((step) => step.step === id);
    return {
      id,
      label: onboardingStepLabels[id],
      state: row?.state ?? "PENDING",
      startedAt: row?.startedAt ?? null,
      endedAt: row?.finishedAt ?? null,
    } as const;
  });
  return <StepList steps={steps} label="Steps of creating your workspace" />;
}
