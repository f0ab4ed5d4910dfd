import { sql } from "drizzle-orm";
import type pg from "pg";
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
