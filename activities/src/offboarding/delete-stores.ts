import { readStored } from "@leasehold/db/application/placement/erase-rows";
import { keepUsageTotals } from "@leasehold/db/control/offboarding/keep-usage-totals";
import { placementOf } from "../onboarding/step-place.ts";
import { emptyStores } from "./empty-stores.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";
import { withAuditedDatabase } from "./stores/audited-database.ts";

/** Idempotent by (bucket, prefix). Every version of everything under the tenant's prefix goes, page by page. */
export function deleteObjects(needs: ShreddingDependencies) {
  return shreddingStep(needs, "delete-objects", async (context) => {
    await emptyStores(needs, context, "delete-objects");
    return {};
  });
}

/**
 * Idempotent by tenant id. The totals that invoices are checked against are kept under the pseudonym; then rows go batch by batch, a
 * database of its own whole, and of the audit logs everything but their chains.
 */
export function deleteRows(needs: ShreddingDependencies) {
  return shreddingStep(needs, "delete-rows", async (context) => {
    const read = (pool: typeof needs.auditor.application) => readStored(pool, context.tenantId);
    const stored = await withAuditedDatabase(needs, placementOf(context.catalog), read, undefined);
    if (stored !== undefined) await keepUsageTotals(needs.control, context, stored);
    await emptyStores(needs, context, "delete-rows");
    return {};
  });
}

/**
 * Idempotent by stack name. A stack that CloudFormation could not delete parks the step with CloudFormation's reason; once that is put
 * right the step goes on. One that is gone already is fine.
 */
export function deleteStack(needs: ShreddingDependencies) {
  return shreddingStep(needs, "delete-stack", async (context) => {
    await emptyStores(needs, context, "delete-stack");
    return {};
  });
}
