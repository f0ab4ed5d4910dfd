import { countLiveKeys } from "@leasehold/db/application/api-keys/count-live-keys";
import { freezeHome, reopenHome } from "@leasehold/db/application/placement/close-home";
import { publishState } from "@leasehold/db/application/placement/publish-placement";
import { requestMail } from "@leasehold/db/control/mail/request-mail";
import { beginClosing, isCancelled } from "@leasehold/db/control/offboarding/begin-closing";
import { countEnded } from "@leasehold/db/control/offboarding/count-ended";
import { reopenTenant } from "@leasehold/db/control/offboarding/end-offboarding";
import { readClosing } from "@leasehold/db/control/offboarding/read-closing";
import { readSuspendedAccess } from "@leasehold/db/control/suspension/read-suspension";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { nothing, placementOf } from "../onboarding/step-place.ts";
import { stepActivity, undoActivity } from "../operations/run-step.ts";
import { withTenantDatabase } from "../operations/with-tenant-database.ts";
import type { SuspensionDependencies } from "../suspension/dependencies.ts";
import { shutTenant } from "../suspension/shut-tenant.ts";
import { switchKeysOff, switchKeysOn } from "../suspension/switch-keys.ts";
import type { OffboardingDependencies } from "./dependencies.ts";
import { offboardingPlaceOf } from "./step-place.ts";

type Needs = Pick<OffboardingDependencies, keyof SuspensionDependencies>;

/**
 * Idempotent by operation id. The tenant is CLOSING in the catalog, with the event for billing and the mail to its owners in the same
 * transaction; then the application plane lets in owners alone, and the home refuses every write. What a suspension has switched off
 * opens again: who is let go reads and exports what is theirs. Of one that was cancelled before nothing is frozen.
 */
export function freezeTenant(needs: Needs) {
  const { control, application } = needs;
  return stepActivity(
    needs,
    offboardingPlaceOf("freeze"),
    async (context) => {
      const { tenantId, operationId, catalog } = context;
      const { holdDays, cancelled } = await readClosing(control, { tenantId, operationId });
      if (cancelled) return {};
      if ((await readSuspendedAccess(control, tenantId)) === "closed") {
        await switchKeysOn(needs, { ...context, placement: placementOf(catalog) });
      }
      const keys = await withTenantDatabase(needs, placementOf(catalog), (pool) => countLiveKeys(pool, tenantId));
      return {
        within: async (tx) => {
          if (await isCancelled(tx, { tenantId, operationId })) return;
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
      if ((await readTenant(control, tenantId)).state !== "CLOSING") return;
      await publishState(application, tenantId, "CLOSING");
      await withTenantDatabase(needs, placementOf(catalog), (pool) => freezeHome(pool, tenantId));
    },
  );
}

/**
 * The tenant is what it was: open, with everybody let in, or suspended as it was suspended; the catalog says so. One that was not frozen
 * yet is as it is, but for keys that were switched on for its owners.
 */
export function undoFreezeTenant(needs: Needs) {
  const { control, application } = needs;
  return undoActivity(control, "freeze", async (context) => {
    const { tenantId, operationId, catalog } = context;
    const of = { ...context, placement: placementOf(catalog) };
    const { fromState } = await readClosing(control, { tenantId, operationId });
    if (catalog.tenantState !== "CLOSING") {
      if ((await readSuspendedAccess(control, tenantId)) === "closed") await switchKeysOff(needs, of);
      return {};
    }
    const access = fromState === "SUSPENDED" ? await readSuspendedAccess(control, tenantId) : null;
    if (access === null) await withTenantDatabase(needs, of.placement, (pool) => reopenHome(pool, tenantId));
    await publishState(application, tenantId, fromState);
    if (access !== null) await shutTenant(needs, of, access);
    if (access === "closed") await switchKeysOff(needs, of);
    return {
      within: async (tx) => {
        await reopenTenant(tx, { tenantId, operationId });
        await requestMail(tx, { tenantId, key: `closing-cancelled:${operationId}`, template: "closing-cancelled", props: { tenantId } });
      },
    };
  });
}
