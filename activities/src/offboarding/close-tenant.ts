import { emitAudit } from "@leasehold/db/control/audit/emit-audit";
import { closeTenant as close } from "@leasehold/db/control/offboarding/close-tenant";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";

/**
 * Idempotent by operation id. What is left of the tenant is a tombstone under its pseudonym; the address is free, and whoever signs up
 * with it has nothing to do with what was there. Billing and others are told, and the operation has succeeded.
 */
export function closeTenant(needs: Pick<ShreddingDependencies, "control" | "retryForMs">) {
  return shreddingStep(
    needs,
    "close",
    async ({ tenantId, operationId, requestId }) => ({
      within: async (tx) => {
        await close(tx, { tenantId, operationId });
        await emitAudit(tx, { tenantId, actor: { type: "system", operationId }, requestId }, "offboarding.closed", operationId);
      },
    }),
    ({ tenantId, operationId }) => succeedOperation(needs.control, { tenantId, operationId }),
  );
}
