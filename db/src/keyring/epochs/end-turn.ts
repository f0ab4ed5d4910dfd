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

/** How long an epoch whose keys do not open is left alone before it is looked at again, in milliseconds. */
const heldMs = 15 * 60_000;

/** Keeps an epoch that turns and whose last keys do not open: with its branch key, and out of the way of the pool's next turn. */
export async function holdEpoch(keyring: pg.Pool, { pool, epoch }: EpochRef): Promise<void> {
  const again = sql`clock_timestamp() + make_interval(secs => ${heldMs / 1_000})`;
  await poolQuery(keyring, pool, (tx) =>
    tx.execute(sql`
      update keyring.epochs set state = 'HELD', turn_wanted_at = coalesce(turn_wanted_at, clock_timestamp()), turn_due_at = ${again}
      where pool = ${pool} and epoch = ${epoch} and state = 'TURNING'`),
  );
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
