import type { KeyActivities } from "@leasehold/activities/keys/create-key-activities";
import { proxyActivities } from "@temporalio/workflow";
import { untilDoneOptions } from "../operations/activity-options.ts";
import type { EpochTurnInput } from "./contract.ts";

const { beginEpochTurn, endEpochTurn } = proxyActivities<KeyActivities>(untilDoneOptions);
const { rewrapEpoch } = proxyActivities<KeyActivities>({ ...untilDoneOptions, startToCloseTimeout: "12 hours" });

/**
 * From one epoch of a pool to the next, while everybody reads and writes: data keys stay the same, only what they are wrapped under
 * turns. Copies of the keyring from before open nothing once the old epoch's KMS key is gone.
 */
export async function turnEpoch({ pool, epoch }: EpochTurnInput): Promise<void> {
  await beginEpochTurn({ pool, epoch });
  await rewrapEpoch({ pool, epoch });
  await endEpochTurn({ pool, epoch });
}
