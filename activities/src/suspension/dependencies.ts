import type { ShreddingDependencies } from "../offboarding/shredding-dependencies.ts";
import type { OnboardingDependencies } from "../onboarding/dependencies.ts";
import type { StepNeeds } from "../operations/run-step.ts";

/** What suspending a tenant and ending that reaches. */
export type SuspensionDependencies = Pick<
  OnboardingDependencies,
  keyof StepNeeds | "application" | "applicationDatabaseUrl" | "keyring" | "kms"
>;

/** Suspending reaches the runs on the tenant's keys as well. */
export type SuspendingDependencies = SuspensionDependencies & Pick<ShreddingDependencies, "temporal">;
