import { labelsOf, positionIn, type StepDefinition } from "../step-list.ts";

/**
 * The steps of an offboarding, in order. Everything else reads this list: the workflow, the pages, the certificate, the fault
 * tests. Up to `hold` each can be undone; `end-runs` is the first behind the point of no return.
 */
export const offboardingSteps = [
  { step: "freeze", stage: 1, label: "Freezing the workspace" },
  { step: "export", stage: 2, label: "Exporting everything" },
  { step: "hold", stage: 3, label: "Beginning the hold period" },
  { step: "end-runs", stage: 4, label: "Ending the workspace's running work" },
  { step: "destroy-keys", stage: 5, label: "Destroying the encryption keys" },
  { step: "wait-leases", stage: 6, label: "Waiting until no key is left in memory" },
  { step: "delete-objects", stage: 7, label: "Deleting files with every version" },
  { step: "delete-rows", stage: 7, label: "Deleting database rows" },
  { step: "delete-stack", stage: 8, label: "Deleting the workspace's own cloud stack" },
  { step: "delete-runs", stage: 8, label: "Deleting the history of its work" },
  { step: "delete-identities", stage: 8, label: "Deleting memberships and accounts" },
  { step: "verify", stage: 9, label: "Looking everywhere again" },
  { step: "certify", stage: 10, label: "Signing the certificate" },
  { step: "finality", stage: 11, label: "Waiting until the key management service has destroyed the key" },
  { step: "close", stage: 12, label: "Closing the workspace" },
] as const satisfies readonly StepDefinition[];

export type OffboardingStep = (typeof offboardingSteps)[number]["step"];

export const offboardingStepLabels: Record<OffboardingStep, string> = labelsOf(offboardingSteps);

export function offboardingStepPosition(step: OffboardingStep): { position: number; stage: number } {
  return positionIn(offboardingSteps, step);
}

/** Whether a step comes after the point of no return: from there on nothing is undone, only done again. */
export function isBeyondReturn(step: string): boolean {
  const stage = offboardingSteps.find((entry) => entry.step === step)?.stage ?? 0;
  return stage > offboardingStepPosition("hold").stage;
}
