import type { KeyActivities } from "@leasehold/activities/keys/create-key-activities";
import { proxyActivities } from "@temporalio/workflow";
import { untilDoneOptions } from "../operations/activity-options.ts";
import type { EpochTurnInput } from "./contract.ts";

const { beginEpochTurn, endEpochTurn } = proxyActivities<KeyActivities>(untilDoneOptions);
const { rewrapEpoch } = proxyActivities<KeyActivities>({ ...untilDoneOptions, startToCloseTimeout: "12 hours" });

/**
 * From one epoch of a pool to the next, while everybody reads and writes: data keys stay the same, only what they are wrapped under
 * turns. Copies of the keyring from before open nothing once the old epoch's KMS key is gone. An epoch that is held for keys that do not
 * open keeps its KMS key: it turns again in a run of its own, until nothing is under it.
 */
export async function turnEpoch({ pool, epoch }: EpochTurnInput): Promise<void> {
  await beginEpochTurn({ pool, epoch });
  const { outcome } = await rewrapEpoch({ pool, epoch });
  if (outcome === "held") return;
  await endEpochTurn({ pool, epoch });
}
