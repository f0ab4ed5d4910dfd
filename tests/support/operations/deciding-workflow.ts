import type { OperationInput, OperationOutcome } from "@leasehold/workflows/operations/contract";
import { runOperation } from "@leasehold/workflows/operations/run-operation";
import { proxyActivities } from "@temporalio/workflow";
import type { DecidingActivities } from "./deciding-activities.ts";

const activities = proxyActivities<DecidingActivities>({ startToCloseTimeout: "10s", retry: { initialInterval: "50ms" } });

/** An operation of two steps, of which the second one fails for good until it is told not to. */
export async function decide(input: OperationInput): Promise<OperationOutcome> {
  const steps = { first: { run: activities.succeed }, second: { run: activities.failWhileTold } };
  return runOperation({ steps, labels: { first: "First", second: "Second" }, records: activities }, input, async (run) => {
    await run.pointOfNoReturn("first");
    await run.step("second");
  });
}
