import { endKeyLoss } from "@leasehold/db/control/keys/losses/end-key-loss";
import { findAgreedLoss } from "@leasehold/db/control/keys/losses/read-loss";
import { listUnreadableKeys } from "@leasehold/db/control/keys/note-unreadable-keys";
import { destroyLostKeys, listLostKeys } from "@leasehold/db/keyring/data-keys/lost-keys";
import { addReplacement, listMissingReplacements } from "@leasehold/db/keyring/data-keys/replace-lost-keys";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import type { TenantId } from "@leasehold/domain/ids";
import { type KeyModelNeeds, wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
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

/**
 * Idempotent. Ends what was agreed to give up under an epoch once none of it is left, by what the keyring says was destroyed. Where the
 * newest version was, the tenant has another one before it is told: it writes and names as before.
 */
export async function settleLosses(
  needs: Needs & KeyModelNeeds,
  ref: EpochRef,
  unreadable: readonly UnreadableKey[],
  requestId: string,
): Promise<void> {
  const { control, keyring } = needs;
  for (const { tenantId, pool, epoch } of await listUnreadableKeys(control)) {
    if (pool !== ref.pool || epoch !== ref.epoch) continue;
    const loss = await findAgreedLoss(control, tenantId, ref);
    if (loss === undefined || unreadable.some((key) => key.tenantId === tenantId && loss.versions.includes(key.version))) continue;
    const lost = await listLostKeys(keyring, tenantId, loss.lossId);
    if (lost.length > 0) await replaceLostKeys(needs, tenantId);
    await endKeyLoss(control, tenantId, loss, lost, requestId);
  }
}

/** Idempotent. A fresh key, as its newest version, for each purpose whose newest version is lost. Throws as `wrapFreshKeys` and `keepDataKey`. */
export async function replaceLostKeys(needs: KeyModelNeeds, tenantId: TenantId): Promise<void> {
  for (const missing of await listMissingReplacements(needs.keyring, tenantId)) {
    const [key] = await wrapFreshKeys(needs, { tenantId, keyArn: missing.kmsKeyArn }, [missing]);
    if (key === undefined) throw new Error("no key was wrapped");
    await addReplacement(needs.keyring, tenantId, { ...missing, wrapped: key.wrapped, epoch: key.epoch });
  }
}
