import { keepFirstEvidence, readOneEvidence } from "@leasehold/db/control/offboarding/erasure/erasure-evidence";
import { recordEvidence } from "@leasehold/db/control/offboarding/record-evidence";
import { type ControlTransaction, withControl } from "@leasehold/db/control/with-control";
import { evidenceItem, type StoreEvidence } from "@leasehold/domain/offboarding/certificate";
import { type ErasureStore, erasureStoreOf } from "@leasehold/domain/offboarding/erasure";
import { evidenceSchema } from "@leasehold/tenancy/certificates/certificate-schema";
import type pg from "pg";
import type { OperationRef } from "../../operations/run-step.ts";

function evidenceOf(store: ErasureStore, seen: Partial<StoreEvidence>): StoreEvidence {
  const { label, disposition, how } = erasureStoreOf(store);
  return { type: "store", store, label, disposition, how, before: null, after: null, checkedAt: null, ...seen };
}

/** What was there before anything was taken away: the first count stands, however often it is taken. */
export function recordBefore(control: pg.Pool, ref: OperationRef, counts: Partial<Record<ErasureStore, number>>): Promise<void> {
  return withControl(control, ref, async (tx) => {
    for (const [store, before] of Object.entries(counts) as [ErasureStore, number][]) {
      const evidence = evidenceOf(store, { before });
      await keepFirstEvidence(tx, ref, evidenceItem(evidence), evidence);
    }
  });
}

/** What a look found, beside what was there before. */
export async function recordSeen(
  tx: ControlTransaction,
  ref: OperationRef,
  store: ErasureStore,
  seen: Partial<StoreEvidence>,
): Promise<void> {
  const found = evidenceSchema.safeParse(await readOneEvidence(tx, ref, `store:${store}`));
  const before = found.success && found.data.type === "store" ? found.data : evidenceOf(store, {});
  await recordEvidence(tx, ref, `store:${store}`, { ...before, ...seen });
}
