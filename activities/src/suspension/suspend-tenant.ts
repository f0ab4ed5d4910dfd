import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { requestMail } from "@leasehold/db/control/mail/request-mail";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import { whileHeld } from "@leasehold/db/control/operations/while-held";
import { beginSuspension, endSuspension, undoSuspension } from "@leasehold/db/control/suspension/change-suspension";
import { readSuspension } from "@leasehold/db/control/suspension/read-suspension";
import { nothing, placementOf } from "../onboarding/step-place.ts";
import { stepActivity, undoActivity } from "../operations/run-step.ts";
import type { SuspendingDependencies } from "./dependencies.ts";
import { endKeyOperations } from "./end-key-operations.ts";
import { openTenant, shutTenant } from "./shut-tenant.ts";
import { holding, suspensionPlaceOf } from "./step-place.ts";
import { switchKeysOff, switchKeysOn } from "./switch-keys.ts";

/** The steps of a suspension. */
export function suspendingActivities(needs: SuspendingDependencies) {
  const { control } = needs;
  return {
    /** Idempotent by operation id. The tenant is SUSPENDED in the catalog, and no other operation's. */
    beginSuspending: stepActivity(
      needs,
      suspensionPlaceOf("begin-suspending"),
      async (ref) => ({ within: (tx) => beginSuspension(tx, ref) }),
      nothing,
    ),
    undoBeginSuspending: undoActivity(control, "begin-suspending", async (ref) => ({ within: (tx) => undoSuspension(tx, ref) })),

    /** Idempotent by tenant id. The application plane refuses everybody but those who are left in. */
    shutSuspended: stepActivity(
      needs,
      suspensionPlaceOf("shut"),
      async (context) => {
        const { access } = await readSuspension(control, context);
        await holding(control, context, () => shutTenant(needs, { ...context, placement: placementOf(context.catalog) }, access));
        return {};
      },
      nothing,
    ),
    undoShutSuspended: undoActivity(control, "shut", async (context) => {
      await whileHeld(control, context, () => openTenant(needs, { ...context, placement: placementOf(context.catalog) }));
      return {};
    }),

    /**
     * Idempotent by tenant id. What runs on the tenant's keys ends. Where nobody is left in, nothing opens any more, with whatever was given
     * out before.
     */
    cutOffSuspended: stepActivity(
      needs,
      suspensionPlaceOf("cut-off"),
      async (context) => {
        await endKeyOperations(needs, context.tenantId, context.signal);
        const { access } = await readSuspension(control, context);
        const of = { ...context, placement: placementOf(context.catalog) };
        if (access === "closed") await holding(control, context, () => switchKeysOff(needs, of));
        return {};
      },
      nothing,
    ),
    undoCutOffSuspended: undoActivity(control, "cut-off", async (context) => {
      const { access } = await readSuspension(control, context);
      const of = { ...context, placement: placementOf(context.catalog) };
      if (access === "closed") await whileHeld(control, context, () => switchKeysOn(needs, of));
      return {};
    }),

    /** Idempotent by operation id. The point of no return: the suspension holds, owners and others are told. */
    finishSuspending: stepActivity(
      needs,
      suspensionPlaceOf("finish-suspending"),
      async ({ tenantId, operationId, requestId }) => ({
        within: async (tx) => {
          const told = await endSuspension(tx, { tenantId, operationId });
          await requestMail(tx, {
            tenantId,
            key: `workspace-suspended:${operationId}`,
            template: "workspace-suspended",
            props: { tenantId, ...told },
          });
          await emitAudit(tx, { tenantId, actor: { type: "system", operationId }, requestId }, "suspension.began", operationId, told);
        },
      }),
      nothing,
      ({ tenantId, operationId }) => succeedOperation(control, { tenantId, operationId }),
    ),
  };
}
