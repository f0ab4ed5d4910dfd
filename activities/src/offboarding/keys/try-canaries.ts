import { type Canary, type CanaryPath, canaryPaths, listCanaries } from "@leasehold/db/control/offboarding/canaries";
import { record } from "@leasehold/db/control/offboarding/shredding-evidence";
import { DomainError } from "@leasehold/domain/errors";
import type { CanaryEvidence } from "@leasehold/domain/offboarding/certificate";
import { canaryLabels } from "@leasehold/domain/offboarding/expected-items";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { StoreRef } from "../stores/store.ts";
import { tryCanary } from "./open-canary.ts";

const said: Record<CanaryPath, Pick<CanaryEvidence, "label" | "how">> = {
  kms: {
    label: canaryLabels.kms,
    how: "KMS was asked to decrypt what it had wrapped and opened before the destruction",
  },
  keyring: {
    label: canaryLabels.keyring,
    how: "The tenant's key was asked of the keyring, to open what it had sealed and opened before the destruction",
  },
  epoch: {
    label: canaryLabels.epoch,
    how: "The branch key of the epoch was asked of the keyring, to open what it had wrapped and opened before its turn",
  },
};

/**
 * Tries every canary again, the way it opened before, and records the outcome. Throws PRECONDITION_FAILED (`canary-readable`) when one
 * opens, and what says nothing about a key.
 */
export async function tryCanaries(needs: ShreddingDependencies, ref: StoreRef): Promise<void> {
  const planted = await listCanaries(needs.control, ref);
  const reach = { keyring: needs.keyring, kms: abortable(needs.kms, ref.signal) };
  const readable: Canary[] = [];
  for (const canary of planted) if ((await tryCanary(reach, ref.tenantId, canary)) === "opens") readable.push(canary);
  const checkedAt = new Date().toISOString();
  const found = canaryPaths.flatMap((path): CanaryEvidence[] => {
    const of = (canaries: readonly Canary[]) => canaries.filter((canary) => canary.path === path).length;
    if (of(planted) === 0) return [];
    return [{ type: "canary", store: path, ...said[path], planted: of(planted), readableAfter: of(readable), checkedAt }];
  });
  await record(needs.control, ref, found);
  const [first] = readable;
  if (first === undefined) return;
  const message = `A value that was sealed before still opens (${first.path}): a key is not destroyed.`;
  throw new DomainError("PRECONDITION_FAILED", message, { reason: "canary-readable" });
}
