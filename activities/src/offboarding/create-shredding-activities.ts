import { recordActivity } from "../operations/run-step.ts";
import { closeTenant } from "./close-tenant.ts";
import { confirmLeases } from "./confirm-leases.ts";
import { deleteIdentities } from "./delete-identities.ts";
import { deleteObjects, deleteRows, deleteStack } from "./delete-stores.ts";
import { destroyKeys } from "./destroy-keys.ts";
import { lookAtFinality } from "./look-at-finality.ts";
import { lookAtTurns } from "./look-at-turns.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { takeInventory } from "./take-inventory.ts";
import { verifyShredded } from "./verify-shredded.ts";

/** The activities of an offboarding from the point of no return on. Payloads are ids. */
export function createShreddingActivities(dependencies: ShreddingDependencies) {
  return {
    destroyKeys: destroyKeys(dependencies),
    confirmLeases: confirmLeases(dependencies),
    deleteObjects: deleteObjects(dependencies),
    deleteRows: deleteRows(dependencies),
    deleteStack: deleteStack(dependencies),
    deleteIdentities: deleteIdentities(dependencies),
    verifyShredded: verifyShredded(dependencies),
    /** Idempotent by operation id. */
    takeInventory: recordActivity(takeInventory(dependencies)),
    /** Idempotent by operation id. */
    lookAtFinality: recordActivity(lookAtFinality(dependencies)),
    /** Changes nothing but what operators are shown. */
    lookAtTurns: recordActivity(lookAtTurns(dependencies)),
    closeTenant: closeTenant(dependencies),
  };
}

export type ShreddingActivities = ReturnType<typeof createShreddingActivities>;
