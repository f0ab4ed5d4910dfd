import type { OperationState } from "@leasehold/domain/operations";
import { ApplicationFailure } from "@temporalio/common";

/** What a catalogue answers behind a point of no return: the operation runs on, whatever is asked. */
export function createDecidingActivities(told: { fails: boolean; parks: number }) {
  return {
    succeed: async (): Promise<void> => {},
    failWhileTold: async (): Promise<void> => {
      if (told.fails) throw ApplicationFailure.nonRetryable("It fails as it is told to.", "PRECONDITION_FAILED");
    },
    parkOperation: async (): Promise<OperationState> => {
      told.parks++;
      return "NEEDS_ATTENTION";
    },
    resumeOperation: async (): Promise<OperationState> => "RUNNING",
    beginRollback: async (): Promise<OperationState> => "RUNNING",
    finishRollback: async (): Promise<OperationState> => "ROLLED_BACK",
  };
}

export type DecidingActivities = ReturnType<typeof createDecidingActivities>;
