import { activatePlacement } from "@leasehold/db/application/placement/publish-placement";
import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { releaseHeldMail } from "@leasehold/db/control/mail/release-held-mail";
import { activateTenant as activate } from "@leasehold/db/control/onboarding/activate-tenant";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import { type StepNeeds, stepActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { nothing, placementOf, placeOf } from "./step-place.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "application">;

/**
 * Idempotent by operation id. The point of no return: tenant ACTIVE, event and step in one transaction. Behind it, and again
 * when the step is found done, the application plane lets the tenant in, and the operation has succeeded.
 */
export function activateTenant(needs: Needs) {
  const { control, application } = needs;
  return stepActivity(
    needs,
    placeOf("activate"),
    async ({ tenantId, operationId, requestId }) => ({
      statements: (tx) => [
        activate(tx, { tenantId, operationId }),
        releaseHeldMail(tx, tenantId, ["workspace-ready", "invitation"]),
        emitAudit(tx, { tenantId, actor: { type: "system", operationId }, requestId }, "onboarding.activated", tenantId),
      ],
    }),
    nothing,
    async ({ tenantId, operationId, catalog, signal }) => {
      signal.throwIfAborted();
      await activatePlacement(application, { tenantId, epoch: placementOf(catalog).epoch });
      await succeedOperation(control, { tenantId, operationId });
    },
  );
}
