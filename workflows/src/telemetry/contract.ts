import type { Sinks } from "@temporalio/workflow";

/** The header in which a run and its activities are told which request began them. */
export const requestHeader = "leasehold-request";

export interface TelemetrySinks extends Sinks {
  telemetry: {
    /** A run has ended: `completed` or `failed`. */
    runEnded(outcome: string, requestId: string | null): void;
  };
}
