import { isDomainError } from "@leasehold/domain/errors";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { poolQuery } from "../with-pool.ts";
import type { EpochRef } from "./move-keys.ts";

/**
 * Destroys the branch key of an epoch that turns, once no key is under it: the database looks itself, and refuses otherwise.
 * @returns `retired` also when it was before
 */
export async function retireEpoch(keyring: pg.Pool, { pool, epoch }: EpochRef): Promise<"retired" | "keys-left"> {
  try {
    await poolQuery(keyring, pool, (tx) =>
      tx.execute(sql`
        update keyring.epochs set state = 'RETIRED', branch_key = null, retired_at = clock_timestamp()
        where pool = ${pool} and epoch = ${epoch} and state <> 'RETIRED'`),
    );
    return "retired";
  } catch (error) {
    if (isDomainError(error) && error.reason === "epoch-in-use") return "keys-left";
    throw error;
  }
}

/** What KMS answered about a retired epoch's key: the turn has ended. */
export async function noteEpochKey(
  keyring: pg.Pool,
  { pool, epoch }: EpochRef,
  { keyState, deletionAt }: { keyState: string; deletionAt: Date | null },
): Promise<void> {
  await poolQuery(keyring, pool, (tx) =>
    tx.execute(sql`
      update keyring.epochs set key_state = ${keyState}, deletion_at = ${deletionAt}
      where pool = ${pool} and epoch = ${epoch} and state = 'RETIRED'`),
  );
}
