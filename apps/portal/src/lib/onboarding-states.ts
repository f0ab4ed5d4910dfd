/** An onboarding in one of these has nothing more to tell. */
export const closedOnboardingStates: ReadonlySet<string> = new Set(["SUCCEEDED", "ROLLED_BACK", "REJECTED"]);
