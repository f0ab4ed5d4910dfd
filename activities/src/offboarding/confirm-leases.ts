import { readStepEnd } from "@leasehold/db/control/offboarding/read-step-end";
import { DomainError } from "@leasehold/domain/errors";
import { leasesOverMs } from "@leasehold/domain/keys/leases";
import { emptyStores } from "./empty-stores.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";

/**
 * Idempotent by operation id. Refuses to be early: by the recorded end of the destruction, no process can hold an opened key any more.
 * Throws UNAVAILABLE (`leases-open`) until then.
 */
export function confirmLeases(needs: ShreddingDependencies) {
  return shreddingStep(needs, "wait-leases", async (context) => {
    const destroyed = await readStepEnd(needs.control, context, "destroy-keys");
    if (destroyed === undefined) {
      throw new DomainError("PRECONDITION_FAILED", "The keys have not been destroyed yet.", { reason: "keys-not-destroyed" });
    }
    if (Date.now() < destroyed.getTime() + leasesOverMs) {
      throw new DomainError("UNAVAILABLE", "A key may still be in memory. It is looked at again in a moment.", { reason: "leases-open" });
    }
    await emptyStores(needs, context, "wait-leases");
    return {};
  });
}
