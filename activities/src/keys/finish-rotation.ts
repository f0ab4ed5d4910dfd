import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { noteRotation } from "@leasehold/db/control/keys/note-tenant-key";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import { nothing } from "../onboarding/step-place.ts";
import { stepActivity } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { versionOf } from "./reencrypt-tenant.ts";
import { keyPlaceOf } from "./step-place.ts";

/** Idempotent by operation id. The catalog has the version; the operation has succeeded. */
export function finishRotation(needs: KeyDependencies) {
  return stepActivity(
    needs,
    keyPlaceOf("finish-rotation"),
    async (context) => {
      const { tenantId, operationId, requestId } = context;
      const version = await versionOf(needs, context);
      const ctx = { tenantId, actor: { type: "system", operationId } as const, requestId };
      return {
        within: async (tx) => {
          await noteRotation(tx, tenantId, version);
          await emitAudit(tx, ctx, "keys.rotated", tenantId, { version });
        },
      };
    },
    nothing,
    ({ tenantId, operationId }) => succeedOperation(needs.control, { tenantId, operationId }),
  );
}
