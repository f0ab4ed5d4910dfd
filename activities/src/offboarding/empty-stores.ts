import { readRecorded, record, recordFirst } from "@leasehold/db/control/offboarding/shredding-evidence";
import { DomainError } from "@leasehold/domain/errors";
import type { StoreEvidence } from "@leasehold/domain/offboarding/certificate";
import type { OffboardingStep } from "@leasehold/domain/offboarding/steps";
import { type StoreEntry, type StoreName, storesOf } from "@leasehold/domain/offboarding/stores";
import { placementOf } from "../onboarding/step-place.ts";
import type { StepContext } from "../operations/run-step.ts";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import { createStores } from "./stores/create-stores.ts";
import type { Store, StoreRef } from "./stores/store.ts";

export function storeRefOf(context: StepContext): StoreRef {
  const { tenantId, operationId, catalog, signal } = context;
  return { tenantId, operationId, signal, plan: catalog.plan, placement: placementOf(catalog) };
}

/**
 * Idempotent by operation id. Counts the stores of a step as they were before anything of them was taken, empties them one after the
 * other, and looks again. The first count stays, however often the step runs.
 */
export async function emptyStores(needs: ShreddingDependencies, context: StepContext, step: OffboardingStep): Promise<void> {
  const ref = storeRefOf(context);
  const stores = createStores(needs);
  const entries = storesOf(step);
  await countFirst(needs, ref, stores, entries);
  for (const { store } of entries) {
    ref.signal.throwIfAborted();
    await stores[store].erase?.(ref);
  }
  await lookAgain(needs, ref, stores, entries);
}

/** Counts what no attempt before has counted. */
export async function countFirst(
  { control }: ShreddingDependencies,
  ref: StoreRef,
  stores: Readonly<Record<StoreName, Store>>,
  entries: readonly StoreEntry[],
): Promise<void> {
  const known = new Set((await readRecorded(control, ref)).flatMap((one) => (one.type === "store" ? [one.store] : [])));
  const found: StoreEvidence[] = [];
  for (const { store, label, disposition, note: always } of entries.filter(({ store }) => !known.has(store))) {
    const before = await stores[store].count(ref);
    const note = (await stores[store].note?.(ref)) ?? always;
    found.push({
      type: "store",
      store,
      label,
      disposition,
      before,
      after: null,
      checkedAt: null,
      how: stores[store].how,
      ...(note === undefined ? {} : { note }),
    });
  }
  await recordFirst(control, ref, found);
}

/**
 * Looks at stores again and records what is there. @returns those that ought to be empty and are not
 */
export async function lookAgain(
  { control }: ShreddingDependencies,
  ref: StoreRef,
  stores: Readonly<Record<StoreName, Store>>,
  entries: readonly StoreEntry[],
): Promise<StoreEntry[]> {
  const recorded = (await readRecorded(control, ref)).filter((one) => one.type === "store");
  const left: StoreEntry[] = [];
  const found: StoreEvidence[] = [];
  for (const entry of entries) {
    const { store, label, disposition } = entry;
    ref.signal.throwIfAborted();
    const note = (await stores[store].note?.(ref)) ?? entry.note;
    const after = await stores[store].count(ref);
    const keptUntil = await stores[store].keptUntil?.(ref);
    if (disposition === "deleted" && after !== 0) left.push(entry);
    found.push({
      type: "store",
      store,
      label,
      disposition,
      how: stores[store].how,
      ...(note === undefined ? {} : { note }),
      ...(keptUntil === undefined ? {} : { keptUntil }),
      before: recorded.find((one) => one.store === store)?.before ?? null,
      after,
      checkedAt: after === null ? null : new Date().toISOString(),
    });
  }
  await record(control, ref, found);
  return left;
}

/** Throws PRECONDITION_FAILED (`store-not-empty`), naming the stores. */
export function refuseLeftOver(left: readonly StoreEntry[]): void {
  if (left.length === 0) return;
  const message = `Not empty yet: ${left.map(({ store }) => store).join(", ")}. Retry this step; the worker's log has what stood in the way.`;
  throw new DomainError("PRECONDITION_FAILED", message, { reason: "store-not-empty" });
}
