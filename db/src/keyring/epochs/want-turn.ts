import { sql } from "drizzle-orm";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";
import { poolQuery } from "../with-pool.ts";
import type { EpochRef } from "./move-keys.ts";

/**
 * Notes that the pool's current epoch is to turn by `due`, or before when another has asked for that. What was destroyed before this
 * is gone from every copy once that epoch's turn has ended. @returns the epoch; undefined when the pool has none
 */
export async function wantTurn(keyring: pg.Pool, pool: string, due: Date): Promise<number | undefined> {
  for (;;) {
    const { rows } = await poolQuery(keyring, pool, (tx) =>
      tx.execute<{ epoch: number }>(sql`
        update keyring.epochs set turn_wanted_at = coalesce(turn_wanted_at, clock_timestamp()), turn_due_at = least(turn_due_at, ${due})
        where pool = ${pool} and state = 'CURRENT' returning epoch`),
    );
    if (rows[0] !== undefined) return rows[0].epoch;
    // An epoch that turned meanwhile has a successor, which this statement did not see yet.
    const { rowCount } = await poolQuery(keyring, pool, (tx) => tx.execute(sql`select from keyring.epochs where pool = ${pool} limit 1`));
    if (rowCount === 0) return undefined;
  }
}

/** Epochs whose turn is due, or was begun and has not ended, of all pools; one for each pool. */
export async function listDueTurns(keyring: pg.Pool, now: Date): Promise<EpochRef[]> {
  const due = {
    name: "due-turns",
    text: `select distinct on (pool) pool, epoch from keyring.epochs
      where state = 'TURNING' or state = 'RETIRED' and key_state is null or state = 'CURRENT' and turn_due_at <= $1 order by pool, epoch`,
    values: [now],
  };
  try {
    const { rows } = await crossTenants("key-epochs", () => keyring.query<EpochRef>(due));
    return rows;
  } catch (error) {
    throw toDomainError(error);
  }
}
