import { and, eq, sql } from "drizzle-orm";
import type pg from "pg";
import { type EpochState, epochs } from "../schema/epochs.ts";
import { poolQuery } from "../with-pool.ts";
import type { EpochRef } from "./move-keys.ts";

/** What a turn that has ended leaves behind as evidence. */
export interface EndedTurn extends Record<string, unknown> {
  pool: string;
  oldEpoch: number;
  newEpoch: number;
  oldEpochKeyArn: string;
  /** As KMS answered it. */
  keyState: string;
  /** ISO 8601; null when KMS knows the key no more. */
  deletionDate: string | null;
  /** ISO 8601. */
  beganAt: string;
  retiredAt: string;
}

export interface TurnProgress {
  state: EpochState;
  /** When the turn begins; null when nobody wants one. */
  dueAt: Date | null;
  /** KMS has answered that the epoch's key is switched off and waits for its deletion. */
  ended: boolean;
}

/** How far an epoch's turn is; undefined when there is no such epoch. */
export async function readTurnProgress(keyring: pg.Pool, { pool, epoch }: EpochRef): Promise<TurnProgress | undefined> {
  const [row] = await poolQuery(keyring, pool, (tx) =>
    tx
      .select({ state: epochs.state, dueAt: epochs.turnDueAt, keyState: epochs.keyState })
      .from(epochs)
      .where(and(eq(epochs.pool, pool), eq(epochs.epoch, epoch))),
  );
  return row && { state: row.state, dueAt: row.dueAt, ended: row.keyState !== null };
}

/** The evidence of an epoch's turn; undefined as long as it has not ended. */
export async function readEndedTurn(keyring: pg.Pool, { pool, epoch }: EpochRef): Promise<EndedTurn | undefined> {
  const iso = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  const { rows } = await poolQuery(keyring, pool, (tx) =>
    tx.execute<EndedTurn>(sql`
      select pool, epoch as "oldEpoch", epoch + 1 as "newEpoch", kms_key_arn as "oldEpochKeyArn", key_state as "keyState",
        ${iso("deletion_at")} as "deletionDate", ${iso("turned_at")} as "beganAt", ${iso("retired_at")} as "retiredAt"
      from keyring.epochs where pool = ${pool} and epoch = ${epoch} and key_state is not null`),
  );
  return rows[0];
}
