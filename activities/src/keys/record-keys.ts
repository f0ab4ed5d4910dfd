import { beginKeysRollback, endKeysRollback } from "@leasehold/db/control/keys/end-key-operation";
import { readTrialOutcome, type TrialOutcome } from "@leasehold/db/control/keys/read-trial-outcome";
import { succeedOperation } from "@leasehold/db/control/operations/succeed-operation";
import { type OperationRef, recordActivity } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { endGrants } from "./grants.ts";

/** What the catalog says of an operation on keys. Each is idempotent by operation id. */
export function recordKeys({ control, kms }: KeyDependencies) {
  return {
    /** Idempotent by operation id. */
    beginKeysRollback: recordActivity((ref: OperationRef) => beginKeysRollback(control, ref)),
    /** Idempotent by operation id. */
    finishKeysRollback: recordActivity((ref: OperationRef, requestId) => endKeysRollback(control, { ...ref, requestId })),
    /** Changes nothing. */
    readTrialOutcome: recordActivity((ref: OperationRef): Promise<TrialOutcome> => readTrialOutcome(control, ref)),
    /** Idempotent by operation id. A trial leaves nothing behind but its result. */
    finishTrial: recordActivity(async (ref: OperationRef & { inUse: string }) => {
      await endGrants({ control, kms }, ref.tenantId, ref.inUse);
      await succeedOperation(control, ref);
    }),
  };
}
