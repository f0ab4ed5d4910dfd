import { readKeyEvidence, record } from "@leasehold/db/control/offboarding/shredding-evidence";
import { DomainError } from "@leasehold/domain/errors";
import type { KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { offboardingStores, storesOf } from "@leasehold/domain/offboarding/stores";
import { copiesOf } from "./copies.ts";
import { countFirst, lookAgain, refuseLeftOver, storeRefOf } from "./empty-stores.ts";
import { isGoing } from "./keys/ask-kms.ts";
import { recordKeys } from "./keys/record-keys.ts";
import { tryCanaries } from "./keys/try-canaries.ts";
import { listOpenTurns, type OpenTurn } from "./look-at-turns.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";
import { createStores } from "./stores/create-stores.ts";

/**
 * Idempotent by operation id. Looks at every store of the registry again, as the role auditor where there is one, asks KMS about every
 * key and tries every canary. What came into a store after it was emptied is taken away and looked at once more. All that is found is
 * recorded, whatever it says. Throws PRECONDITION_FAILED `store-not-empty`, `canary-readable`, `keys-left`; UNAVAILABLE `epoch-not-turned`,
 * for which the workflow has waited before.
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
    await record(needs.control, ref, await copiesOf(needs, ref, keys));
    refuseLeftOver(remaining);
    refuseOpenTurns(await listOpenTurns(needs, ref));
    refuseOpenKeys(keys);
    await tryCanaries(needs, ref);
    return {};
  });
}

function refuseOpenTurns(turns: readonly OpenTurn[]): void {
  if (turns.length === 0) return;
  const message = "The epoch that the workspace's keys were under has not turned yet. Retry this step: it waits for that.";
  throw new DomainError("UNAVAILABLE", message, { reason: "epoch-not-turned" });
}

function refuseOpenKeys(keys: readonly KeyEvidence[]): void {
  const wrapped = keys.reduce((sum, { wrappedAfter }) => sum + wrappedAfter, 0);
  if (wrapped > 0) {
    const message = `${wrapped} wrapped data keys are left. Retry the step that destroys the keys.`;
    throw new DomainError("PRECONDITION_FAILED", message, { reason: "keys-left" });
  }
  for (const { model, state, former } of keys) {
    if (model === "customer" || isGoing(state) || (model === "shared-epoch" && former !== undefined)) continue;
    throw new DomainError("PRECONDITION_FAILED", `A key of the tenant is ${state} in KMS. Schedule its deletion, then retry.`, {
      reason: "keys-left",
    });
  }
}
