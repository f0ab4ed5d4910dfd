import type { OffboardingDependencies } from "./dependencies.ts";
import { freezeTenant, undoFreezeTenant } from "./freeze-tenant.ts";
import { beginHold, recordHold, undoBeginHold } from "./hold-tenant.ts";

/** The activities of an offboarding up to the point of no return. Payloads are ids. */
export function createOffboardingActivities(dependencies: OffboardingDependencies) {
  return {
    freezeTenant: freezeTenant(dependencies),
    undoFreezeTenant: undoFreezeTenant(dependencies),
    beginHold: beginHold(dependencies),
    undoBeginHold: undoBeginHold(dependencies),
    ...recordHold(dependencies),
  };
}

export type OffboardingActivities = ReturnType<typeof createOffboardingActivities>;
