import { record } from "@leasehold/db/control/offboarding/shredding-evidence";
import { countWrappedKeys } from "@leasehold/db/keyring/data-keys/count-wrapped-keys";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type { KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { StoreRef } from "../stores/store.ts";
import { askKms } from "./ask-kms.ts";
import type { TenantKey } from "./find-keys.ts";

type Ref = Pick<StoreRef, "tenantId" | "operationId" | "signal">;

/** Asks KMS about each key and the keyring for what is left under it, and records both answers. */
export async function recordKeys(needs: ShreddingDependencies, ref: Ref, keys: readonly TenantKey[]): Promise<KeyEvidence[]> {
  const kms = abortable(needs.kms, ref.signal);
  const left = await countWrappedKeys(needs.auditor.keyring, ref.tenantId);
  const found: KeyEvidence[] = [];
  for (const key of keys) {
    const isUnder = ({ keyArn, epoch }: (typeof left)[number]) =>
      poolOfKey(keyArn) === undefined ? keyArn === key.keyArn : epoch === key.epoch;
    const wrappedAfter = left.filter(isUnder).reduce((sum, { keys: count }) => sum + count, 0);
    found.push({ type: "key", ...key, wrappedAfter, ...(await askKms(kms, key.keyArn)) });
  }
  await record(needs.control, ref, found);
  return found;
}
