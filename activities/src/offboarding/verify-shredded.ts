import { readKeyEvidence, record } from "@leasehold/db/control/offboarding/shredding-evidence";
import { DomainError } from "@leasehold/domain/errors";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { offboardingStores, storesOf } from "@leasehold/domain/offboarding/stores";
import { awaitEpochTurn } from "../keys/request-epoch-turn.ts";
import { copiesOf } from "./copies.ts";
import { countFirst, lookAgain, refuseLeftOver, storeRefOf } from "./empty-stores.ts";
import { isGoing } from "./keys/ask-kms.ts";
import { recordKeys } from "./keys/record-keys.ts";
import { tryCanaries } from "./keys/try-canaries.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";
import { createStores } from "./stores/create-stores.ts";
import type { StoreRef } from "./stores/store.ts";

/**
 * Idempotent by operation id. Looks at every store of the registry again, as the role auditor where there is one, asks KMS about every
 * key and tries every canary. What came into a store after it was emptied is taken away and looked at once more. All that is found is
 * recorded, whatever it says. Throws PRECONDITION_FAILED `store-not-empty`, `canary-readable`, `keys-left`.
 */
export function verifyShredded(needs: ShreddingDependencies) {
  return shreddingStep(needs, "verify", async (context) => {
    const ref = storeRefOf(context);
    const stores = createStores(needs);
    await countFirst(needs, ref, stores, storesOf("verify"));
    const left = await lookAgain(needs, ref, stores, offboardingStores);
    for (const { store } of left) await stores[store].erase?.(ref);
    const remaining = await lookAgain(needs, ref, stores, left);
    await awaitTurns(needs, ref);
    const keys = await recordKeys(needs, ref, await readKeyEvidence(needs.control, ref));
    await record(needs.control, ref, await copiesOf(needs, ref));
    refuseLeftOver(remaining);
    refuseOpenKeys(keys);
    await tryCanaries(needs, ref);
    return {};
  });
}

/** An epoch that others share turns by the pool's policy: within minutes, or in the night, for which this waits. */
async function awaitTurns(needs: ShreddingDependencies, ref: StoreRef): Promise<void> {
  for (const { model, epoch } of await readKeyEvidence(needs.control, ref))
    if (model === "shared-epoch" && epoch !== undefined) await awaitEpochTurn(needs, { pool: onlyPool, epoch }, ref.signal);
}

function refuseOpenKeys(keys: readonly KeyEvidence[]): void {
  const wrapped = keys.reduce((sum, { wrappedAfter }) => sum + wrappedAfter, 0);
  if (wrapped > 0) {
    const message = `${wrapped} wrapped data keys are left. Retry the step that destroys the keys.`;
    throw new DomainError("PRECONDITION_FAILED", message, { reason: "keys-left" });
  }
  for (const { model, state } of keys) {
    if (model === "customer" || isGoing(state)) continue;
    throw new DomainError("PRECONDITION_FAILED", `A key of the tenant is ${state} in KMS. Schedule its deletion, then retry.`, {
      reason: "keys-left",
    });
  }
}
