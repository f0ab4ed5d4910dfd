import { type OperationRef, recordActivity } from "../operations/run-step.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { shreddingStep } from "./shredding-step.ts";

/** The activities of an offboarding from the point of no return on. Payloads are ids. */
export function createShreddingActivities(dependencies: ShreddingDependencies) {
  return {
    destroyKeys: shreddingStep(dependencies, "destroy-keys", async () => ({})),
    confirmLeases: shreddingStep(dependencies, "wait-leases", async () => ({})),
    deleteObjects: shreddingStep(dependencies, "delete-objects", async () => ({})),
    deleteRows: shreddingStep(dependencies, "delete-rows", async () => ({})),
    deleteStack: shreddingStep(dependencies, "delete-stack", async () => ({})),
    deleteIdentities: shreddingStep(dependencies, "delete-identities", async () => ({})),
    verifyShredded: shreddingStep(dependencies, "verify", async () => ({})),
    closeTenant: shreddingStep(dependencies, "close", async () => ({})),
    /** Changes nothing unless a key was taken out of its deletion. Says whether KMS has none of the tenant's keys any more. */
    lookAtFinality: recordActivity(async (_at: OperationRef & { now: number }): Promise<{ final: boolean }> => ({ final: false })),
  };
}

export type ShreddingActivities = ReturnType<typeof createShreddingActivities>;
