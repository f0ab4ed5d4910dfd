import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { requestMail } from "@leasehold/db/control/mail/request-mail";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import { whileHeld } from "@leasehold/db/control/operations/while-held";
import { beginResumption, endResumption, undoResumption } from "@leasehold/db/control/suspension/change-suspension";
import { readSuspendedAccess } from "@leasehold/db/control/suspension/read-suspension";
import { nothing, placementOf } from "../onboarding/step-place.ts";
import { stepActivity, undoActivity } from "../operations/run-step.ts";
import type { SuspensionDependencies } from "./dependencies.ts";
import { openTenant, shutTenant } from "./shut-tenant.ts";
import { holding, suspensionPlaceOf } from "./step-place.ts";
import { switchKeysOff, switchKeysOn } from "./switch-keys.ts";

/** The steps by which a suspended tenant works again. */
export function resumingActivities(needs: SuspensionDependencies) {
  const { control } = needs;
  return {
    /** Idempotent by operation id. The tenant stays SUSPENDED, and is no other operation's. */
    beginResuming: stepActivity(
      needs,
      suspensionPlaceOf("begin-resuming"),
      async (ref) => ({ within: (tx) => beginResumption(tx, ref) }),
      nothing,
    ),
    undoBeginResuming: undoActivity(control, "begin-resuming", async (ref) => ({ within: (tx) => undoResumption(tx, ref) })),

    /** Idempotent by tenant id. What the suspension has switched off opens again, before anybody gets in. */
    restoreSuspendedKeys: stepActivity(
      needs,
      suspensionPlaceOf("restore-keys"),
      async (context) => {
        const access = await readSuspendedAccess(control, context.tenantId);
        const of = { ...context, placement: placementOf(context.catalog) };
        if (access === "closed") await holding(control, context, () => switchKeysOn(needs, of));
        return {};
      },
      nothing,
    ),
    undoRestoreSuspendedKeys: undoActivity(control, "restore-keys", async (context) => {
      const access = await readSuspendedAccess(control, context.tenantId);
      const of = { ...context, placement: placementOf(context.catalog) };
      if (access === "closed") await whileHeld(control, context, () => switchKeysOff(needs, of));
      return {};
    }),

    /** Idempotent by tenant id. */
    openSuspended: stepActivity(
      needs,
      suspensionPlaceOf("open"),
      async (context) => {
        await holding(control, context, () => openTenant(needs, { ...context, placement: placementOf(context.catalog) }));
        return {};
      },
      nothing,
    ),
    undoOpenSuspended: undoActivity(control, "open", async (context) => {
      const access = (await readSuspendedAccess(control, context.tenantId)) ?? "closed";
      await whileHeld(control, context, () => shutTenant(needs, { ...context, placement: placementOf(context.catalog) }, access));
      return {};
    }),

    /** Idempotent by operation id. The point of no return: the tenant is ACTIVE, owners and others are told. */
    finishResuming: stepActivity(
      needs,
      suspensionPlaceOf("finish-resuming"),
      async ({ tenantId, operationId, requestId }) => ({
        within: async (tx) => {
          await endResumption(tx, { tenantId, operationId });
          await requestMail(tx, { tenantId, key: `workspace-resumed:${operationId}`, template: "workspace-resumed", props: { tenantId } });
          await emitAudit(tx, { tenantId, actor: { type: "system", operationId }, requestId }, "suspension.ended", operationId);
        },
      }),
      nothing,
      ({ tenantId, operationId }) => succeedOperation(control, { tenantId, operationId }),
    ),
  };
}
