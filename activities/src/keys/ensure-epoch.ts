import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { openFirstEpoch } from "@leasehold/db/keyring/epochs/open-epoch";
import type { EpochDependencies } from "./epoch-dependencies.ts";
import { makeBranchKey } from "./epoch-keys.ts";

/** Idempotent by pool. The pool has an epoch that takes new keys, made by whoever comes first. */
export async function ensureEpoch(needs: Omit<EpochDependencies, "keyDeletionDays" | "epochTurns">, pool: string): Promise<void> {
  if ((await findEpoch(needs.keyring, pool, "current")) !== undefined) return;
  await openFirstEpoch(needs.keyring, pool, (epoch) => makeBranchKey(needs, { pool, epoch }));
}
