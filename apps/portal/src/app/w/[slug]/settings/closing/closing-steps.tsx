"use client";

import { offboardingSteps } from "@leasehold/domain/offboarding/steps";
import { StepList } from "@leasehold/ui/components/step-list";
import type { Closing } from "../../../../../lib/use-closing.ts";

/** Every step from the first moment on, so that nothing moves when their rows arrive. What was left out says so. */
export function ClosingSteps({ closing }: { closing: Closing }) {
  const rows = new Map(closing.steps.map((row) => [row.step, row]));
  const steps = offboardingSteps.map(({ step, label }) => {
    const row = rows.get(step);
    const unasked = step === "export" && !closing.withExport && row?.state === "SUCCEEDED";
    return {
      id: step,
      label,
      state: unasked ? "SKIPPED" : (row?.state ?? "PENDING"),
      startedAt: row?.startedAt ?? null,
      endedAt: row?.finishedAt ?? null,
    } as const;
  });
  return <StepList steps={steps} label="Steps of closing the workspace" />;
}
