import { and, eq } from "drizzle-orm";
import type pg from "pg";
import type { WrappedBranchKey } from "../data-keys/find-wrapped-key.ts";
import { epochs } from "../schema/epochs.ts";
import { poolQuery } from "../with-pool.ts";

const columns = { pool: epochs.pool, epoch: epochs.epoch, wrapped: epochs.branchKey, keyArn: epochs.kmsKeyArn };

/** An epoch of a pool, or the one that takes new keys; undefined when there is none. */
export async function findEpoch(keyring: pg.Pool, pool: string, epoch: number | "current"): Promise<WrappedBranchKey | undefined> {
  const wanted = epoch === "current" ? eq(epochs.state, "CURRENT") : eq(epochs.epoch, epoch);
  const [row] = await poolQuery(keyring, pool, (tx) =>
    tx
      .select(columns)
      .from(epochs)
      .where(and(eq(epochs.pool, pool), wanted)),
  );
  return row;
}
