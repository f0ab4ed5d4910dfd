import type { CertificateKeyModel, Evidence } from "@leasehold/domain/offboarding/certificate";
import { offboardingStores } from "@leasehold/domain/offboarding/stores";

const keys: Record<CertificateKeyModel, string> = {
  dedicated: "The tenant's own KMS key",
  stack: "KMS key of the tenant's stack",
  customer: "The customer's KMS key",
  "shared-epoch": "KMS key of the pool's epoch",
};

/** What a piece of evidence is about, in words; its item is its exact name. */
export function evidenceLabel({ item, evidence }: { item: string; evidence: unknown }): string {
  const known = evidence as Partial<Evidence>;
  if (known.type === "key" && known.model !== undefined) return keys[known.model];
  if ("label" in known && typeof known.label === "string") return known.label;
  const name = item.slice(item.indexOf(":") + 1);
  return offboardingStores.find(({ store }) => store === name)?.label ?? inWords(name);
}

const resources: Record<string, string> = {
  "kms-key": "Encryption key in KMS",
  epoch: "Place in the pool's epoch",
  "data-key": "Wrapped data key",
  "tenant-home": "Home in the application database",
  database: "Database of its own",
  "object-prefix": "Prefix in the bucket",
  placement: "Entry in the placement table",
  limits: "Limits of the plan",
  stack: "CloudFormation stack",
  bucket: "Bucket of its own",
  queue: "Queue of its own",
  role: "IAM role of its own",
};

/** What a resource is, in words; kinds that are new here by their name. */
export const resourceLabel = (kind: string): string => resources[kind] ?? inWords(kind);

function inWords(name: string): string {
  const words = name.replaceAll(/[-_.]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
