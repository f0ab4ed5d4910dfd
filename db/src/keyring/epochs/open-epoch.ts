import { sql } from "drizzle-orm";
import type pg from "pg";
import type { Transaction } from "../../transaction.ts";
import type { EpochState } from "../schema/epochs.ts";
import { withPool } from "../with-pool.ts";

/** A branch key that was made for an epoch. */
export interface MadeBranchKey {
  keyArn: string;
  wrapped: Buffer;
}

/** Makes a key for an epoch of the keyring that is so named. It must not use the keyring: whoever waits for the same holds its connections. */
export type MakeBranchKey = (epoch: number, environment: string) => Promise<MadeBranchKey>;

/** What tells this keyring from any other: part of the names of its epochs' KMS keys. */
export function readEnvironment(keyring: pg.Pool): Promise<string> {
  return withPool(keyring, "", environmentOf);
}

async function environmentOf(tx: Transaction): Promise<string> {
  const { rows } = await tx.execute<{ environment: string }>(sql`select keyring.environment() as environment`);
  if (rows[0] === undefined) throw new Error("the keyring has no name");
  return rows[0].environment;
}

/**
 * Opens the pool's first epoch, unless it has one. One worker at a time makes keys for a pool: whoever comes second finds what the
 * first has made.
 */
export function openFirstEpoch(keyring: pg.Pool, pool: string, make: MakeBranchKey): Promise<"opened" | "there"> {
  return withPool(keyring, pool, async (tx) => {
    await lockPool(tx, pool);
    const { rowCount } = await tx.execute(sql`select from keyring.epochs where pool = ${pool} and state <> 'RETIRED'`);
    if (rowCount !== 0) return "there";
    const { rows } = await tx.execute<{ next: number }>(
      sql`select coalesce(max(epoch), 0)::integer + 1 as next from keyring.epochs where pool = ${pool}`,
    );
    const epoch = rows[0]?.next ?? 1;
    await addEpoch(tx, pool, epoch, await make(epoch, await environmentOf(tx)));
    return "opened";
  });
}

/**
 * Begins an epoch's turn: from then on new keys go under the next one, which is made before. One that was held turns again. Nothing
 * happens to one that turns or has turned already. Throws CONFLICT while another epoch of the pool turns.
 */
export function beginTurn(keyring: pg.Pool, { pool, epoch }: { pool: string; epoch: number }, make: MakeBranchKey): Promise<void> {
  const next = epoch + 1;
  return withPool(keyring, pool, async (tx) => {
    await lockPool(tx, pool);
    const is = (state: EpochState) => sql`pool = ${pool} and epoch = ${epoch} and state = ${state}`;
    await tx.execute(sql`update keyring.epochs set state = 'TURNING' where ${is("HELD")}`);
    const current = is("CURRENT");
    const { rowCount } = await tx.execute(sql`select from keyring.epochs where ${current}`);
    if (rowCount === 0) return;
    const made = await make(next, await environmentOf(tx));
    await tx.execute(sql`update keyring.epochs set state = 'TURNING', turned_at = clock_timestamp() where ${current}`);
    await addEpoch(tx, pool, next, made);
  });
}

async function addEpoch(tx: Transaction, pool: string, epoch: number, { keyArn, wrapped }: MadeBranchKey): Promise<void> {
  await tx.execute(sql`
    insert into keyring.epochs (pool, epoch, branch_key, kms_key_arn) values (${pool}, ${epoch}, ${wrapped}, ${keyArn})`);
}

async function lockPool(tx: Transaction, pool: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('epochs:' || ${pool}, 0))`);
}
