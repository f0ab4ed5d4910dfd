import type { ExpectedItem } from "./assemble-certificate.ts";
import type { CertificateKeyModel, CertificateKind, Evidence } from "./certificate.ts";
import { erasureStores } from "./erasure.ts";
import { offboardingStores } from "./stores.ts";

/** The ways in which a value is sealed before a closing and tried again after. */
export const canaryLabels = {
  kms: "Keys that the tenant's KMS key wrapped",
  keyring: "Values under the tenant's key in the keyring for its runs",
  epoch: "Keys under the branch key of the epoch",
} as const;

/** The key that a way needs; the keyring's is there with every model. */
const canaryModels: Record<keyof typeof canaryLabels, readonly CertificateKeyModel[]> = {
  kms: ["dedicated", "stack"],
  keyring: ["dedicated", "stack", "customer", "shared-epoch"],
  epoch: ["shared-epoch"],
};

const notPlanted =
  "Nothing was planted: what it would have been sealed under opened nothing any more before the destruction, or nobody tried.";

/** What is looked at for a kind of certificate: everything in its registry of stores, and what is tried again by the keys that there were. */
export function expectedItemsOf(kind: CertificateKind, evidence: readonly Evidence[] = []): readonly ExpectedItem[] {
  if (kind === "person-erasure") return erasureStores.map(itemOf);
  const models = evidence.flatMap((one) => (one.type === "key" && one.former === undefined ? [one.model] : []));
  const canaries = (Object.keys(canaryLabels) as (keyof typeof canaryLabels)[])
    .filter((path) => models.some((model) => canaryModels[path].includes(model)))
    .map((path) => ({ item: `canary:${path}`, label: canaryLabels[path], reason: notPlanted }));
  return [...offboardingStores.map(itemOf), ...canaries];
}

function itemOf({ store, label }: { store: string; label: string }): ExpectedItem {
  return { item: `store:${store}`, label };
}
