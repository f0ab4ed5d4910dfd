import { labelsOf, positionIn, type StepDefinition } from "../step-list.ts";

/** The steps of a rotation, in order. Everything else reads this list: the workflow, the pages, the tests. */
export const rotationSteps = [
  { step: "new-version", stage: 1, label: "Making a new data key" },
  { step: "re-encrypt", stage: 2, label: "Encrypting everything anew in the background" },
  { step: "retire", stage: 3, label: "Destroying the old data keys, once nothing is under them" },
  { step: "finish-rotation", stage: 4, label: "Recording the rotation" },
] as const satisfies readonly StepDefinition[];

/** The steps of a change of the KMS key that the data keys are wrapped under. */
export const keyChangeSteps = [
  { step: "try-key", stage: 1, label: "Trying the key" },
  { step: "rewrap", stage: 2, label: "Wrapping the data keys under it" },
  { step: "prove-key", stage: 3, label: "Reading with it what was written before" },
  { step: "switch-key", stage: 4, label: "Recording the change" },
] as const satisfies readonly StepDefinition[];

export type RotationStep = (typeof rotationSteps)[number]["step"];
export type KeyChangeStep = (typeof keyChangeSteps)[number]["step"];
export type KeyStep = RotationStep | KeyChangeStep;

export const keyStepLabels: Record<KeyStep, string> = labelsOf([...rotationSteps, ...keyChangeSteps]);

export function keyStepPosition(step: KeyStep): { position: number; stage: number } {
  return positionIn(rotationSteps.some((entry) => entry.step === step) ? rotationSteps : keyChangeSteps, step);
}

/** What an operation of kind `keys` is for; in its subject. */
export const keyActions = ["rotate", "change"] as const;
export type KeyAction = (typeof keyActions)[number];

/** The steps of an operation on keys, in order. */
export function keyStepsFor(action: KeyAction): readonly KeyStep[] {
  return (action === "rotate" ? rotationSteps : keyChangeSteps).map(({ step }) => step);
}

export function isKeyAction(value: unknown): value is KeyAction {
  return keyActions.some((action) => action === value);
}
