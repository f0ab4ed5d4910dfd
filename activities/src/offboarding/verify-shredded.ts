import { readKeyEvidence, record } from "@leasehold/db/control/offboarding/shredding-evidence";
import { readEndedTurn } from "@leasehold/db/keyring/epochs/read-turn";
import { DomainError } from "@leasehold/domain/errors";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { offboardingStores, storesOf } from "@leasehold/domain/offboarding/stores";
import type { OperationRef } from "../operations/run-step.ts";
import { copiesOf } from "./copies.ts";
import { countFirst, lookAgain, refuseLeftOver, storeRefOf } from "./empty-stores.ts";
import { isGoing } from "./keys/ask-kms.ts";
import { recordKeys } from "./keys/record-keys.ts";
import { tryCanaries } from "./keys/try-canaries.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";
import { createStores } from "./stores/create-stores.ts";

/**
 * Idempotent by operation id. Looks at every store of the registry again, as the role auditor where there is one, asks KMS about every
 * key and tries every canary. What came into a store after it was emptied is taken away and looked at once more. All that is found is
 * recorded, whatever it says. Throws PRECONDITION_FAILED `store-not-empty`, `canary-readable`, `keys-left`; UNAVAILABLE `epoch-turning`
 */
export function verifyShredded(needs: ShreddingDependencies) {
  return shreddingStep(needs, "verify", async (context) => {
    const ref = storeRefOf(context);
    const stores = createStores(needs);
    await countFirst(needs, ref, stores, storesOf("verify"));
    const left = await lookAgain(needs, ref, stores, offboardingStores);
    for (const { store } of left) await stores[store].erase?.(ref);
    const remaining = await lookAgain(needs, ref, stores, left);
    const keys = await recordKeys(needs, ref, await readKeyEvidence(needs.control, ref));
    await record(needs.control, ref, await copiesOf(needs, ref));
    refuseLeftOver(remaining);
    await refuseOpenKeys(needs, keys);
    await tryCanaries(needs, ref);
    return {};
  });
}

async function refuseOpenKeys(needs: ShreddingDependencies, keys: readonly KeyEvidence[]): Promise<void> {
  const wrapped = keys.reduce((sum, { wrappedAfter }) => sum + wrappedAfter, 0);
  if (wrapped > 0) {
    const message = `${wrapped} wrapped data keys are left. Retry the step that destroys the keys.`;
    throw new DomainError("PRECONDITION_FAILED", message, { reason: "keys-left" });
  }
  for (const { model, state, epoch } of keys) {
    if (model === "customer" || isGoing(state)) continue;
    if (model === "shared-epoch" && epoch !== undefined && (await readEndedTurn(needs.keyring, { pool: onlyPool, epoch })) === undefined) {
      throw new DomainError("UNAVAILABLE", "The pool's epoch has not turned yet. It is looked at again in a moment.", {
        reason: "epoch-turning",
      });
    }
    throw new DomainError("PRECONDITION_FAILED", `A key of the tenant is ${state} in KMS. Schedule its deletion, then retry.`, {
      reason: "keys-left",
    });
  }
}

/**
 * Changes nothing. Whether every key of the tenant waits for its end: an epoch that others share turns by the pool's policy, which may be
 * in the night.
 */
export function lookAtKeys(needs: ShreddingDependencies) {
  return async (ref: OperationRef): Promise<{ going: boolean }> => {
    const shared = (await readKeyEvidence(needs.control, ref)).filter(({ model }) => model === "shared-epoch");
    for (const { epoch } of shared)
      if (epoch !== undefined && (await readEndedTurn(needs.keyring, { pool: onlyPool, epoch })) === undefined) return { going: false };
    return { going: true };
  };
}
