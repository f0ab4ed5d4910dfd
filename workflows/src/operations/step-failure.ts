import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";

/** A step that will not succeed by trying again: why, in words that people may read. */
export interface StepFailure<Step extends string> {
  step: Step;
  code: string;
  reason: string;
}

/** Reads the failure of an activity; anything else is a fault of the workflow and is thrown on. */
export function readStepFailure<Step extends string>(step: Step, error: unknown): StepFailure<Step> {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return { step, code: cause.type ?? "INTERNAL", reason: cause.message };
  if (cause instanceof TimeoutFailure) return { step, code: "UNAVAILABLE", reason: "The step did not answer in time." };
  return { step, code: "INTERNAL", reason: "The step failed for a reason that it did not give." };
}
