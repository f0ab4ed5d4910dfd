import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { wantTurn } from "@leasehold/db/keyring/epochs/want-turn";
import type pg from "pg";

/** When a turn that is wanted begins: as soon as no other is under way, or in the night, once for all that wait. */
export const turnPolicies = ["at-once", "nightly"] as const;
export type TurnPolicy = (typeof turnPolicies)[number];

/** Hours of the day, UTC. */
const nightHour = 2;

/**
 * Idempotent: asking twice wants one turn. To be called once the wrapped data keys of a tenant are destroyed: the turn of the epoch that
 * is answered begins after that, whoever else waits for it, and leaves no copy of the keyring that opens them.
 * @returns the epoch to await; undefined when the pool has none, so that nothing was ever under one
 */
export async function requestEpochTurn(
  { keyring, epochTurns }: { keyring: pg.Pool; epochTurns: TurnPolicy },
  pool: string,
  now: Date = new Date(),
): Promise<EpochRef | undefined> {
  const epoch = await wantTurn(keyring, pool, epochTurns === "nightly" ? nextNight(now) : now);
  return epoch === undefined ? undefined : { pool, epoch };
}

/** The first 02:00 UTC after a moment. */
export function nextNight(after: Date): Date {
  const night = new Date(Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate(), nightHour));
  if (night <= after) night.setUTCDate(night.getUTCDate() + 1);
  return night;
}
