/** A step of an operation as its list has it. Steps of one stage run at the same time. */
export interface StepDefinition {
  step: string;
  stage: number;
  /** What people read while it runs. */
  label: string;
}

/** What people read, by step. */
export function labelsOf<Step extends string>(list: readonly (StepDefinition & { step: Step })[]): Record<Step, string> {
  return Object.fromEntries(list.map(({ step, label }) => [step, label])) as Record<Step, string>;
}

/** A step's place in its list, from 1, and its stage, as its row keeps them. */
export function positionIn(list: readonly StepDefinition[], step: string): { position: number; stage: number } {
  const index = list.findIndex((entry) => entry.step === step);
  return { position: index + 1, stage: list[index]?.stage ?? 0 };
}
