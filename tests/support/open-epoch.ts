import { setTimeout as sleep } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { ensureEpoch } from "@leasehold/activities/keys/ensure-epoch";
import type { EpochDependencies } from "@leasehold/activities/keys/epoch-dependencies";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { type EndedTurn, readEndedTurn } from "@leasehold/db/keyring/epochs/read-turn";
import { onlyPool } from "@leasehold/domain/keys/epochs";
import type { World } from "./world.ts";

/** What the worker's process makes and turns epochs with. */
export function epochNeeds(world: World): EpochDependencies {
  const { tenantRoleArn } = world.stack.aws;
  const kms = new KMSClient(world.aws("worker"));
  return { keyring: world.pool("keyring", "worker"), kms, tenantRoleArn, emulated: true, keyDeletionDays: 7, epochTurns: "at-once" };
}

/** Waits until the turn of an epoch has ended, and answers what it leaves as evidence. */
export async function awaitEpochTurn({ keyring }: Pick<EpochDependencies, "keyring">, epoch: EpochRef): Promise<EndedTurn> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
    const ended = await readEndedTurn(keyring, epoch);
    if (ended !== undefined) return ended;
  }
  throw new Error(`epoch ${epoch.epoch} has not turned`);
}

/** The pool's first epoch, as the first tenant without a KMS key of its own would have it made. */
export function openPoolEpoch(world: World): Promise<void> {
  return ensureEpoch(epochNeeds(world), onlyPool);
}
