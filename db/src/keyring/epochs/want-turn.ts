import { sql } from "drizzle-orm";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";
import type { EpochState } from "../schema/epochs.ts";
import { poolQuery } from "../with-pool.ts";
import type { EpochRef } from "./move-keys.ts";

/**
 * Notes that the pool's current epoch is to turn by `due`, or before when another has asked for that; one that is held is looked at by
 * then as well. What was destroyed before this is gone from every copy once that epoch's turn has ended.
 * @returns the current epoch; undefined when the pool has none
 */
export async function wantTurn(keyring: pg.Pool, pool: string, due: Date): Promise<number | undefined> {
  for (;;) {
    const { rows } = await poolQuery(keyring, pool, (tx) =>
      tx.execute<{ epoch: number; state: EpochState }>(sql`
        update keyring.epochs set turn_wanted_at = coalesce(turn_wanted_at, clock_timestamp()), turn_due_at = least(turn_due_at, ${due})
        where pool = ${pool} and state in ('CURRENT', 'HELD') returning epoch, state`),
    );
    const current = rows.find(({ state }) => state === "CURRENT");
    if (current !== undefined) return current.epoch;
    // An epoch that turned meanwhile has a successor, which this statement did not see yet.
    const { rowCount } = await poolQuery(keyring, pool, (tx) => tx.execute(sql`select from keyring.epochs where pool = ${pool} limit 1`));
    if (rowCount === 0) return undefined;
  }
}

/** Epochs whose turn was begun and has not ended, or is due, of all pools; one for each pool, and what was begun first. */
export async function listDueTurns(keyring: pg.Pool, now: Date): Promise<EpochRef[]> {
  const due = {
    name: "due-turns",
    text: `select distinct on (pool) pool, epoch from keyring.epochs
      where state = 'TURNING' or state = 'RETIRED' and key_state is null or state in ('CURRENT', 'HELD') and turn_due_at <= $1
      order by pool, state in ('CURRENT', 'HELD'), epoch`,
    values: [now],
  };
  try {
    const { rows } = await crossTenants("key-epochs", () => keyring.query<EpochRef>(due));
    return rows;
  } catch (error) {
    throw toDomainError(error);
  }
}
