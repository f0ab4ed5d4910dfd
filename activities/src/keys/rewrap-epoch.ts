import type { WrappedBranchKey } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { holdEpoch, retireEpoch } from "@leasehold/db/keyring/epochs/end-turn";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import { type EpochRef, type KeyPlace, type KeySlot, type LeftKey, listLeftKeys, moveKeys } from "@leasehold/db/keyring/epochs/move-keys";
import { withBranchKey } from "@leasehold/tenancy/keys/branch-key";
import { unwrapUnderBranch, wrapUnderBranch } from "@leasehold/tenancy/keys/epoch-cipher";
import type { EpochDependencies } from "./epoch-dependencies.ts";

/** Keys that are in memory at once. */
const batch = 500;
/** How long a branch key is held before KMS is asked again, in milliseconds. */
const heldMs = 20_000;

/** A key that does not open under the old epoch, as it was when it was tried. */
export type UnreadableKey = KeyPlace & { slot: KeySlot; wrapped: Buffer };

export interface RewrapProgress {
  moved: number;
  /** What does not open under the old epoch, and stays there. */
  unreadable: UnreadableKey[];
}

/** `held`: what is left does not open, and the epoch is kept for it, with its branch key. */
export interface RewrapOutcome extends RewrapProgress {
  outcome: "retired" | "held";
}

export interface RewrapOptions {
  signal: AbortSignal;
  onProgress: (progress: RewrapProgress) => void;
  /** Destroys what was given up of what does not open. @returns how many */
  giveUp?: (unreadable: readonly UnreadableKey[]) => Promise<number>;
}

interface Walk extends RewrapProgress {
  slot: KeySlot;
  after: KeyPlace | undefined;
}

/**
 * Idempotent by the epoch: what is under the next one already is not looked at, so that an attempt that was cut short is carried on by
 * the next. Each key is opened under the old branch key and wrapped under the new one, in memory bounded by the batch, and put in the
 * place of what it was opened from. At the end the database sees for itself that none is left, and the old branch key is destroyed.
 * Keys that do not open stay as they are, byte by byte; when nothing else is left, `giveUp` may destroy some of them, and for the rest
 * the epoch is held, so that it stands in the way of no other turn.
 */
export async function rewrapEpoch(
  { keyring, kms }: Pick<EpochDependencies, "keyring" | "kms">,
  ref: EpochRef,
  { signal, onProgress, giveUp = async () => 0 }: RewrapOptions,
): Promise<RewrapOutcome> {
  const total: RewrapProgress = { moved: 0, unreadable: [] };
  for (;;) {
    // While one epoch turns, no other begins to: the one that takes new keys stays the same.
    const [old, next] = [await findEpoch(keyring, ref.pool, ref.epoch), await findEpoch(keyring, ref.pool, "current")];
    if (old?.wrapped == null) return { ...total, outcome: "retired" };
    if (next?.wrapped == null) throw new Error("the next epoch is not there");
    const before = total.moved;
    total.unreadable = [];
    for (const slot of ["present", "previous"] as const)
      await walkSlot({ old, next, walk: Object.assign(total, { slot, after: undefined }) });
    if ((await retireEpoch(keyring, ref)) === "retired") return { ...total, outcome: "retired" };
    if (total.moved === before && total.unreadable.length > 0) {
      if ((await giveUp(total.unreadable)) > 0) continue;
      await holdEpoch(keyring, ref);
      return { ...total, outcome: "held" };
    }
  }

  async function walkSlot({ old, next, walk }: { old: WrappedBranchKey; next: WrappedBranchKey; walk: Walk }): Promise<void> {
    for (let more = true; more; ) {
      more = await withBranchKey(kms, old, (from) => withBranchKey(kms, next, (to) => walkWhileHeld({ old, next, from, to }, walk)));
    }
  }

  /** @returns whether there is more, when the keys have been held for long enough */
  async function walkWhileHeld(keys: BothKeys, walk: Walk): Promise<boolean> {
    for (const until = Date.now() + heldMs; Date.now() < until; ) {
      signal.throwIfAborted();
      const page = await listLeftKeys(keyring, ref, { slot: walk.slot, after: walk.after, limit: batch });
      const rewrapped = page.flatMap((key) => rewrapOne(keys, key, walk));
      if (rewrapped.length > 0) walk.moved += await moveKeys(keyring, ref, { slot: walk.slot, next: keys.next.epoch, keys: rewrapped });
      walk.after = page.at(-1);
      onProgress({ moved: walk.moved, unreadable: walk.unreadable });
      if (page.length < batch) return false;
    }
    return true;
  }
}

interface BothKeys {
  old: WrappedBranchKey;
  next: WrappedBranchKey;
  from: Buffer;
  to: Buffer;
}

function rewrapOne({ old, next, from, to }: BothKeys, key: LeftKey, walk: Walk): (KeyPlace & { from: Buffer; wrapped: Buffer })[] {
  const { tenantId, purpose, version, sealedAs } = key;
  const identity = { tenantId, version, purpose: sealedAs, pool: old.pool };
  let dataKey: Buffer;
  try {
    dataKey = unwrapUnderBranch(from, { ...identity, epoch: old.epoch }, key.wrapped);
  } catch {
    walk.unreadable.push({ tenantId, purpose, version, slot: walk.slot, wrapped: key.wrapped });
    return [];
  }
  const wrapped = wrapUnderBranch(to, { ...identity, epoch: next.epoch }, dataKey);
  dataKey.fill(0);
  return [{ tenantId, purpose, version, from: key.wrapped, wrapped }];
}
