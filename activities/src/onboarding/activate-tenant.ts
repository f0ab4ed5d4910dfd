import { publishPlacement } from "@leasehold/db/application/placement/publish-placement";
import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { activateTenant as activate } from "@leasehold/db/control/onboarding/activate-tenant";
import { changeOperation } from "@leasehold/db/control/operations/change-operation";
import { stepActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, "control" | "application">;

/**
 * Idempotent by operation id. The point of no return: tenant ACTIVE, event, last step and operation in one transaction. Run
 * again, it finds its own result.
 */
export function activateTenant({ control, application }: Needs) {
  return stepActivity(
    control,
    placeOf("activate"),
    async ({ tenantId, operationId, requestId, catalog }) => {
      await publishPlacement(application, { tenantId, state: "ACTIVE", plan: catalog.plan, placement: placementOf(catalog) });
      return {
        within: async (tx) => {
          await activate(tx, { tenantId, operationId });
          await emitAudit(tx, { tenantId, actor: { type: "system", operationId }, requestId }, "onboarding.activated", tenantId);
        },
        behind: async (tx) => {
          await changeOperation(tx, { tenantId, operationId, from: ["RUNNING"], to: "SUCCEEDED" });
        },
      };
    },
    nothing,
  );
}
