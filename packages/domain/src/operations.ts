import type { Tone } from "./tenant-states.ts";

/** The kinds of work on a tenant that run as a workflow, named by their noun. */
export const operationKinds = ["onboarding", "offboarding", "placement", "release", "erasure", "restore", "keys", "suspension"] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStates = [
  "AWAITING_APPROVAL",
  "REQUESTED",
  "RUNNING",
  "NEEDS_ATTENTION",
  "ROLLING_BACK",
  "SUCCEEDED",
  "ROLLED_BACK",
  "REJECTED",
] as const;
export type OperationState = (typeof operationStates)[number];

/** An operation in one of these is open: it counts when another asks whether it is excluded. */
export const openOperationStates = ["AWAITING_APPROVAL", "REQUESTED", "RUNNING", "NEEDS_ATTENTION", "ROLLING_BACK"] as const;

export const operationTransitions: Record<OperationState, readonly OperationState[]> = {
  AWAITING_APPROVAL: ["REQUESTED", "REJECTED"],
  REQUESTED: ["RUNNING"],
  RUNNING: ["NEEDS_ATTENTION", "ROLLING_BACK", "SUCCEEDED"],
  NEEDS_ATTENTION: ["RUNNING", "ROLLING_BACK"],
  ROLLING_BACK: ["ROLLED_BACK", "NEEDS_ATTENTION"],
  SUCCEEDED: [],
  ROLLED_BACK: [],
  REJECTED: [],
};

export const operationStatePresentation: Record<OperationState, { label: string; tone: Tone }> = {
  AWAITING_APPROVAL: { label: "Awaiting approval", tone: "warning" },
  REQUESTED: { label: "Queued", tone: "info" },
  RUNNING: { label: "Running", tone: "info" },
  NEEDS_ATTENTION: { label: "Needs attention", tone: "danger" },
  ROLLING_BACK: { label: "Rolling back", tone: "warning" },
  SUCCEEDED: { label: "Succeeded", tone: "success" },
  ROLLED_BACK: { label: "Rolled back", tone: "neutral" },
  REJECTED: { label: "Rejected", tone: "neutral" },
};

/**
 * Each kind with the kinds that it shuts out while it is open. Symmetric, but that a suspension overtakes work on keys and ends it; the control
 * database enforces it too.
 */
export const operationExclusions: Record<OperationKind, readonly OperationKind[]> = {
  onboarding: ["onboarding", "offboarding", "placement", "release", "erasure", "restore", "keys", "suspension"],
  offboarding: ["onboarding", "offboarding", "placement", "keys", "suspension"],
  placement: ["onboarding", "offboarding", "placement", "release", "restore", "keys", "suspension"],
  release: ["onboarding", "placement", "release", "restore"],
  erasure: ["onboarding", "erasure", "restore", "suspension"],
  restore: ["onboarding", "placement", "release", "erasure", "restore", "keys", "suspension"],
  keys: ["onboarding", "offboarding", "placement", "restore", "keys"],
  suspension: ["onboarding", "offboarding", "placement", "erasure", "restore", "keys", "suspension"],
};

export const stepStates = ["PENDING", "RUNNING", "RETRYING", "SUCCEEDED", "FAILED", "UNDOING", "UNDONE", "SKIPPED"] as const;
export type StepState = (typeof stepStates)[number];

export const stepStatePresentation: Record<StepState, { label: string; tone: Tone }> = {
  PENDING: { label: "Waiting", tone: "neutral" },
  RUNNING: { label: "Running", tone: "info" },
  RETRYING: { label: "Trying again", tone: "warning" },
  SUCCEEDED: { label: "Done", tone: "success" },
  FAILED: { label: "Failed", tone: "danger" },
  UNDOING: { label: "Undoing", tone: "warning" },
  UNDONE: { label: "Undone", tone: "neutral" },
  SKIPPED: { label: "Not needed", tone: "neutral" },
};
