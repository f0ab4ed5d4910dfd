import type { OnboardingDependencies } from "../onboarding/dependencies.ts";
import type { StepNeeds } from "../operations/run-step.ts";

/** What work on keys reaches. The worker's KMS client wraps new data keys and opens none. */
export type KeyDependencies = Pick<
  OnboardingDependencies,
  keyof StepNeeds | "application" | "applicationDatabaseUrl" | "keyring" | "kms" | "applicationUrl" | "tokenKey"
>;
