import { beginSuspensionRollback, endSuspensionRollback } from "@leasehold/db/control/suspension/end-suspension-rollback";
import { type OperationRef, recordActivity } from "../operations/run-step.ts";
import type { SuspendingDependencies } from "./dependencies.ts";
import { resumingActivities } from "./resume-tenant.ts";
import { suspendingActivities } from "./suspend-tenant.ts";

/** The activities of suspending a tenant and of ending that. Payloads are ids. */
export function createSuspensionActivities(dependencies: SuspendingDependencies) {
  const { control } = dependencies;
  return {
    ...suspendingActivities(dependencies),
    ...resumingActivities(dependencies),
    /** Idempotent by operation id. */
    beginSuspensionRollback: recordActivity((ref: OperationRef) => beginSuspensionRollback(control, ref)),
    /** Idempotent by operation id. */
    finishSuspensionRollback: recordActivity((ref: OperationRef, requestId) => endSuspensionRollback(control, { ...ref, requestId })),
  };
}

export type SuspensionActivities = ReturnType<typeof createSuspensionActivities>;
