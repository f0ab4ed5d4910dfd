import { endKeyLoss } from "@leasehold/db/control/keys/losses/end-key-loss";
import { findAgreedLoss } from "@leasehold/db/control/keys/losses/read-loss";
import { listUnreadableKeys } from "@leasehold/db/control/keys/note-unreadable-keys";
import { destroyLostKeys, listLostKeys } from "@leasehold/db/keyring/data-keys/lost-keys";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import type pg from "pg";
import type { UnreadableKey } from "./rewrap-epoch.ts";

interface Needs {
  control: pg.Pool;
  keyring: pg.Pool;
}

/**
 * Idempotent. Destroys what has just been tried and does not open, where two operators have agreed to give it up; one that a change of
 * keys would be taken back to waits for that change. @returns how many
 */
export async function giveUpKeys({ control, keyring }: Needs, ref: EpochRef, unreadable: readonly UnreadableKey[]): Promise<number> {
  let destroyed = 0;
  for (const [tenantId, found] of Map.groupBy(unreadable, (key) => key.tenantId)) {
    const loss = await findAgreedLoss(control, tenantId, ref);
    if (loss === undefined) continue;
    const keys = found.filter(({ slot, version }) => slot === "present" && loss.versions.includes(version));
    destroyed += await destroyLostKeys(keyring, tenantId, { ...ref, lossId: loss.lossId, keys });
  }
  return destroyed;
}

/** Idempotent. Ends what was agreed to give up under an epoch once none of it is left, by what the keyring says was destroyed. */
export async function settleLosses(
  { control, keyring }: Needs,
  ref: EpochRef,
  unreadable: readonly UnreadableKey[],
  requestId: string,
): Promise<void> {
  for (const { tenantId, pool, epoch } of await listUnreadableKeys(control)) {
    if (pool !== ref.pool || epoch !== ref.epoch) continue;
    const loss = await findAgreedLoss(control, tenantId, ref);
    if (loss === undefined || unreadable.some((key) => key.tenantId === tenantId && loss.versions.includes(key.version))) continue;
    await endKeyLoss(control, tenantId, loss, await listLostKeys(keyring, tenantId, loss.lossId), requestId);
  }
}
