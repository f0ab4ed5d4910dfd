import { sql } from "drizzle-orm";
import type pg from "pg";
import { poolQuery } from "../with-pool.ts";

/** An epoch that keys of a pool's tenants were under between two moments. */
export interface UsedEpoch {
  epoch: number;
  keyArn: string;
  /** Whether its turn has begun: new keys go under a later one. */
  turned: boolean;
  /** When the last key that opens had left it; null for one that still takes keys, turns, or is held. */
  retiredAt: Date | null;
}

/** The epochs of a pool that took keys at some time between two moments, oldest first. */
export async function listUsedEpochs(keyring: pg.Pool, pool: string, { from, until }: { from: Date; until: Date }): Promise<UsedEpoch[]> {
  const { rows } = await poolQuery(keyring, pool, (tx) =>
    tx.execute<{ epoch: number; keyArn: string; turned: boolean; retiredAt: Date | string | null }>(sql`
      select epoch, kms_key_arn as "keyArn", turned_at is not null as turned, retired_at as "retiredAt" from keyring.epochs
      where pool = ${pool} and created_at <= ${until} and (turned_at is null or turned_at >= ${from}) order by epoch`),
  );
  return rows.map(({ retiredAt, ...row }) => ({ ...row, retiredAt: retiredAt === null ? null : new Date(retiredAt) }));
}
