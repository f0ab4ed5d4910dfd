import { KMSClient } from "@aws-sdk/client-kms";
import { ensureEpoch } from "@leasehold/activities/keys/ensure-epoch";
import type { EpochDependencies } from "@leasehold/activities/keys/epoch-dependencies";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { World } from "./world.ts";

/** What the worker's process makes and turns epochs with. */
export function epochNeeds(world: World): EpochDependencies {
  const { tenantRoleArn } = world.stack.aws;
  const kms = new KMSClient(world.aws("worker"));
  return { keyring: world.pool("keyring", "worker"), kms, tenantRoleArn, emulated: true, keyDeletionDays: 7, epochTurns: "at-once" };
}

/** The pool's first epoch, as the first tenant without a KMS key of its own would have it made. */
export function openPoolEpoch(world: World): Promise<void> {
  return ensureEpoch(epochNeeds(world), onlyPool);
}
