import { listEvidence } from "@leasehold/db/control/offboarding/list-evidence";
import { recordEvidence } from "@leasehold/db/control/offboarding/record-evidence";
import { type ControlTransaction, withControl } from "@leasehold/db/control/with-control";
import { evidenceItem, type StoreEvidence } from "@leasehold/domain/offboarding/certificate";
import type pg from "pg";
import type { OperationRef } from "../../operations/run-step.ts";

type Looked = Pick<StoreEvidence, "store" | "label" | "how">;

/** What was there before, as the first attempt counted it: what a later one finds has been reduced already. */
export async function noteBefore(
  control: pg.Pool,
  ref: OperationRef,
  looked: Looked,
  count: () => Promise<number>,
): Promise<StoreEvidence> {
  const known = (await listEvidence(control, ref)).find(({ item }) => item === `store:${looked.store}`);
  if (known !== undefined) return known.evidence as StoreEvidence;
  const noted: StoreEvidence = { type: "store", ...looked, disposition: "deleted", before: await count(), after: null, checkedAt: null };
  await withControl(control, ref, (tx) => recordEvidence(tx, ref, evidenceItem(noted), noted));
  return noted;
}

/** What a look after it found. */
export function noteAfter(tx: ControlTransaction, ref: OperationRef, noted: StoreEvidence, after: number, checkedAt: Date): Promise<void> {
  const { tenantId, operationId } = ref;
  const evidence: StoreEvidence = { ...noted, after, checkedAt: checkedAt.toISOString() };
  return recordEvidence(tx, { tenantId, operationId }, evidenceItem(evidence), evidence);
}
