import { sql } from "drizzle-orm";
import type pg from "pg";
import { poolQuery } from "../with-pool.ts";
import type { EpochRef } from "./move-keys.ts";

/** Has an epoch that is held looked at at once. Nothing happens to one that is not. */
export async function lookAgain(keyring: pg.Pool, { pool, epoch }: EpochRef): Promise<void> {
  await poolQuery(keyring, pool, (tx) =>
    tx.execute(sql`
      update keyring.epochs set turn_due_at = least(turn_due_at, clock_timestamp())
      where pool = ${pool} and epoch = ${epoch} and state = 'HELD'`),
  );
}
