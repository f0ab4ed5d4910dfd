import { activateTenant } from "./activate-tenant.ts";
import { addAdministrator, undoAddAdministrator } from "./add-administrator.ts";
import { applyLimits, undoApplyLimits } from "./apply-limits.ts";
import { createTenantKey, undoCreateTenantKey } from "./create-tenant-key.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { place, undoPlace } from "./place.ts";
import { prepareDataHome, undoPrepareDataHome } from "./prepare-data-home.ts";
import { prepareObjectPrefix, undoPrepareObjectPrefix } from "./prepare-object-prefix.ts";
import { provisionStack, undoProvisionStack } from "./provision-stack.ts";
import { recordOperation } from "./record-operation.ts";
import { undoVerifyTenant, verifyTenant } from "./verify-tenant.ts";

/** The activities of onboarding over its clients. Payloads are ids. */
export function createOnboardingActivities(dependencies: OnboardingDependencies) {
  return {
    place: place(dependencies),
    undoPlace: undoPlace(dependencies),
    provisionStack: provisionStack(dependencies),
    undoProvisionStack: undoProvisionStack(dependencies),
    addAdministrator: addAdministrator(dependencies),
    undoAddAdministrator: undoAddAdministrator(dependencies),
    createTenantKey: createTenantKey(dependencies),
    undoCreateTenantKey: undoCreateTenantKey(dependencies),
    prepareDataHome: prepareDataHome(dependencies),
    undoPrepareDataHome: undoPrepareDataHome(dependencies),
    prepareObjectPrefix: prepareObjectPrefix(dependencies),
    undoPrepareObjectPrefix: undoPrepareObjectPrefix(dependencies),
    applyLimits: applyLimits(dependencies),
    undoApplyLimits: undoApplyLimits(dependencies),
    verifyTenant: verifyTenant(dependencies),
    undoVerifyTenant: undoVerifyTenant(dependencies),
    activateTenant: activateTenant(dependencies),
    ...recordOperation(dependencies),
  };
}

export type OnboardingActivities = ReturnType<typeof createOnboardingActivities>;
