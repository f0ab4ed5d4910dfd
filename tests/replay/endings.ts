import type { OperationState } from "@leasehold/domain/operations";

const finished = ["SUCCEEDED"] as const;
const parked = ["NEEDS_ATTENTION"] as const;
const retried = ["NEEDS_ATTENTION", "RUNNING", "SUCCEEDED"] as const;
const compensated = ["NEEDS_ATTENTION", "ROLLING_BACK", "ROLLED_BACK"] as const;
const rolledBack = ["ROLLING_BACK", "ROLLED_BACK"] as const;

/** Every history that is kept, and the states that its operation goes through: what a tool writes under a name is what the name says. */
export const endings: Readonly<Record<string, readonly OperationState[]>> = {
  "onboarding-finished-pro": finished,
  "onboarding-finished-enterprise": finished,
  "onboarding-parked": parked,
  "onboarding-retried": retried,
  "onboarding-compensated": compensated,
  "onboarding-epoch-finished": finished,
  "onboarding-epoch-parked": parked,
  "onboarding-epoch-retried": retried,
  "onboarding-epoch-compensated": compensated,
  "onboarding-taken-up": rolledBack,
  "onboarding-taken-up-before-undoing-all": rolledBack,
  "keys-rotated": finished,
  "keys-tried": finished,
  "keys-changed": finished,
  "keys-refused": rolledBack,
  "erasure-finished": finished,
  "erasure-parked": parked,
  "erasure-retried": retried,
  "suspension-suspended": finished,
  "suspension-resumed": finished,
  "suspension-rolled-back": compensated,
  "offboarding-cancelled": rolledBack,
  "offboarding-finished": finished,
  "offboarding-turn-finished": finished,
  "offboarding-held": [],
  "offboarding-legal-hold": [],
  "offboarding-turn-awaited": [],
  "export-kept": [],
  "export-failed": [],
  "epoch-turned": [],
  "epoch-turned-before-holding": [],
  "epoch-held": [],
};
