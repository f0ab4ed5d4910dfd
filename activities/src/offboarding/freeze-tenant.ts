import { countLiveKeys } from "@leasehold/db/application/api-keys/count-live-keys";
import { freezeHome, reopenHome } from "@leasehold/db/application/placement/close-home";
import { publishState } from "@leasehold/db/application/placement/publish-placement";
import { requestMail } from "@leasehold/db/control/mail/request-mail";
import { beginClosing } from "@leasehold/db/control/offboarding/begin-closing";
import { countEnded } from "@leasehold/db/control/offboarding/count-ended";
import { reopenTenant } from "@leasehold/db/control/offboarding/end-offboarding";
import { readClosing } from "@leasehold/db/control/offboarding/read-closing";
import { nothing, placementOf } from "../onboarding/step-place.ts";
import { type StepNeeds, stepActivity, undoActivity } from "../operations/run-step.ts";
import { withTenantDatabase } from "../operations/with-tenant-database.ts";

import type { OffboardingDependencies } from "./dependencies.ts";
import { offboardingPlaceOf } from "./step-place.ts";

type Needs = Pick<OffboardingDependencies, keyof StepNeeds | "application" | "applicationDatabaseUrl">;

/**
 * Idempotent by operation id. The tenant is CLOSING in the catalog, with the event for billing and the mail to its owners in the same
 * transaction; then the application plane lets in owners alone, and the home refuses every write.
 */
export function freezeTenant(needs: Needs) {
  const { control, application } = needs;
  return stepActivity(
    needs,
    offboardingPlaceOf("freeze"),
    async ({ tenantId, operationId, catalog }) => {
      const keys = await withTenantDatabase(needs, placementOf(catalog), (pool) => countLiveKeys(pool, tenantId));
      const { holdDays } = await readClosing(control, { tenantId, operationId });
      return {
        within: async (tx) => {
          await beginClosing(tx, { tenantId, operationId, ended: await countEnded(tx, tenantId, keys) });
          await requestMail(tx, {
            tenantId,
            key: `workspace-closing:${operationId}`,
            template: "workspace-closing",
            props: { tenantId, holdDays },
          });
        },
      };
    },
    nothing,
    async ({ tenantId, catalog, signal }) => {
      signal.throwIfAborted();
      await publishState(application, tenantId, "CLOSING");
      await withTenantDatabase(needs, placementOf(catalog), (pool) => freezeHome(pool, tenantId));
    },
  );
}

/** The tenant is what it was: the home takes writes again, everybody gets in, the catalog says so. */
export function undoFreezeTenant(needs: Needs) {
  const { control, application } = needs;
  return undoActivity(control, "freeze", async ({ tenantId, operationId, catalog }) => {
    const { fromState } = await readClosing(control, { tenantId, operationId });
    await withTenantDatabase(needs, placementOf(catalog), (pool) => reopenHome(pool, tenantId));
    await publishState(application, tenantId, fromState);
    return {
      within: async (tx) => {
        await reopenTenant(tx, { tenantId, operationId });
        await requestMail(tx, { tenantId, key: `closing-cancelled:${operationId}`, template: "closing-cancelled", props: { tenantId } });
      },
    };
  });
}
