import { labelsOf, positionIn, type StepDefinition } from "../step-list.ts";

/** The steps of a suspension, in order. Everything else reads this list: the workflow, the pages, the tests. */
export const suspendingSteps = [
  { step: "begin-suspending", stage: 1, label: "Marking the workspace as suspended" },
  { step: "shut", stage: 2, label: "Refusing its people and API keys" },
  { step: "cut-off", stage: 3, label: "Switching its encryption keys off" },
  { step: "finish-suspending", stage: 4, label: "Telling its owners" },
] as const satisfies readonly StepDefinition[];

/** The steps that lead back, in order: the keys open before anybody gets in. */
export const resumingSteps = [
  { step: "begin-resuming", stage: 1, label: "Holding the workspace" },
  { step: "restore-keys", stage: 2, label: "Switching its encryption keys on" },
  { step: "open", stage: 3, label: "Letting its people and API keys in" },
  { step: "finish-resuming", stage: 4, label: "Telling its owners" },
] as const satisfies readonly StepDefinition[];

export type SuspendingStep = (typeof suspendingSteps)[number]["step"];
export type ResumingStep = (typeof resumingSteps)[number]["step"];
export type SuspensionStep = SuspendingStep | ResumingStep;

export const suspensionStepLabels: Record<SuspensionStep, string> = labelsOf([...suspendingSteps, ...resumingSteps]);

export function suspensionStepPosition(step: SuspensionStep): { position: number; stage: number } {
  return positionIn(suspendingSteps.some((entry) => entry.step === step) ? suspendingSteps : resumingSteps, step);
}

/** What an operation of kind `suspension` is for; in its subject. */
export const suspensionActions = ["suspend", "resume"] as const;
export type SuspensionAction = (typeof suspensionActions)[number];

/** The steps of a suspension or of its end, in order. */
export function suspensionStepsFor(action: SuspensionAction): readonly SuspensionStep[] {
  return (action === "suspend" ? suspendingSteps : resumingSteps).map(({ step }) => step);
}

export function isSuspensionAction(value: unknown): value is SuspensionAction {
  return suspensionActions.some((action) => action === value);
}
