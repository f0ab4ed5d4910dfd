import { endRollback } from "@leasehold/db/control/onboarding/end-rollback";
import { beginRollback } from "@leasehold/db/control/operations/begin-rollback";
import { type ParkedStep, parkOperation } from "@leasehold/db/control/operations/park-operation";
import { resumeOperation } from "@leasehold/db/control/operations/resume-operation";
import { type OperationRef, recordActivity } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";

/** What the catalog says of the operation itself. Each is idempotent by operation id and answers with the state that holds. */
export function recordOperation({ control }: Pick<OnboardingDependencies, "control">) {
  return {
    /** Idempotent by operation id. */
    parkOperation: recordActivity((input: OperationRef & { failures: ParkedStep[] }) => parkOperation(control, input)),
    /** Idempotent by operation id. */
    resumeOperation: recordActivity((ref: OperationRef) => resumeOperation(control, ref)),
    /** Idempotent by operation id. */
    beginRollback: recordActivity((ref: OperationRef) => beginRollback(control, ref)),
    /** Idempotent by operation id. */
    finishRollback: recordActivity((ref: OperationRef, requestId) => endRollback(control, { ...ref, requestId })),
  };
}
