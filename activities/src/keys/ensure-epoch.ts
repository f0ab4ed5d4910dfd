import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { openFirstEpoch } from "@leasehold/db/keyring/epochs/open-epoch";
import { isDomainError } from "@leasehold/domain/errors";
import type { EpochDependencies } from "./epoch-dependencies.ts";
import { makeBranchKey } from "./epoch-keys.ts";

/** Another worker makes the epoch while this one waits, for as long as KMS takes: longer than a lock is waited for, now and then. */
const attempts = 5;

/** Idempotent by pool. The pool has an epoch that takes new keys, made by whoever comes first. */
export async function ensureEpoch(needs: Omit<EpochDependencies, "keyDeletionDays" | "epochTurns">, pool: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    if ((await findEpoch(needs.keyring, pool, "current")) !== undefined) return;
    try {
      await openFirstEpoch(needs.keyring, pool, (epoch, environment) => makeBranchKey(needs, { pool, epoch }, environment));
      return;
    } catch (error) {
      if (attempt === attempts || !isDomainError(error) || error.reason !== "lock-timeout") throw error;
    }
  }
}
