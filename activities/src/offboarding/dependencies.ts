import type { OnboardingDependencies } from "../onboarding/dependencies.ts";

/** What letting a tenant go reaches: everything that onboarding made. */
export type OffboardingDependencies = OnboardingDependencies;
