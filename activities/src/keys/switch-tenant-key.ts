import { publishKey } from "@leasehold/db/application/placement/publish-placement";
import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { noteKeyChange } from "@leasehold/db/control/keys/note-tenant-key";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import { changePlacement } from "@leasehold/db/control/placement/change-placement";
import { forgetPreviousKeys } from "@leasehold/db/keyring/data-keys/rewrap-keys";
import { nothing } from "../onboarding/step-place.ts";
import { abortable } from "../operations/abortable.ts";
import { stepActivity, undoActivity } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { endGrants } from "./grants.ts";
import { callKeyCare } from "./key-care-client.ts";
import { keyPlaceOf } from "./step-place.ts";
import { targetOf } from "./target-key.ts";

/** Changes nothing. The tenant's data keys open under the new KMS key, past every lease. */
export function proveTenantKey(needs: KeyDependencies) {
  return stepActivity(
    needs,
    keyPlaceOf("prove-key"),
    async (context) => {
      await callKeyCare(needs, { ...context, plan: context.catalog.plan }, (keys, options) => keys.check.mutate(undefined, options));
      return {};
    },
    nothing,
  );
}

/** There is nothing to undo. */
export function undoProveTenantKey({ control }: KeyDependencies) {
  return undoActivity(control, "prove-key", async () => ({}));
}

/**
 * Idempotent by operation id. The point of no return: catalog and audit say under which key the tenant is. Behind it the application
 * plane learns it, what was wrapped before is destroyed, and grants on other keys end.
 */
export function switchTenantKey(needs: KeyDependencies) {
  const { control, application, keyring, kms } = needs;
  return stepActivity(
    needs,
    keyPlaceOf("switch-key"),
    async (context) => {
      const { tenantId, operationId, requestId } = context;
      const { keyArn, custody } = await targetOf(needs, context);
      const ctx = { tenantId, actor: { type: "system", operationId } as const, requestId };
      return {
        within: async (tx) => {
          await changePlacement(tx, tenantId, { keyArn });
          await noteKeyChange(tx, tenantId, { custody, keyArn });
          await emitAudit(tx, ctx, "keys.changed", tenantId, { custody, keyArn });
        },
      };
    },
    nothing,
    async (context) => {
      const { tenantId, operationId, signal } = context;
      const { keyArn } = await targetOf(needs, context);
      await publishKey(application, tenantId, keyArn);
      await forgetPreviousKeys(keyring, tenantId);
      await endGrants({ control, kms: abortable(kms, signal) }, tenantId, keyArn);
      await succeedOperation(control, { tenantId, operationId });
    },
  );
}
