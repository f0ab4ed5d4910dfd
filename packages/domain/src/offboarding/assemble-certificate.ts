import { DomainError } from "../errors.ts";
import {
  type CertificateDocument,
  type CertificateKind,
  certificateAlgorithm,
  certificateFormat,
  type Evidence,
  evidenceItem,
  type KeyEvidence,
  type NotChecked,
} from "./certificate.ts";
import { claimsOf } from "./certificate-claims.ts";
import { finalityOf, isEnding, isOver } from "./finality.ts";

/** An item that is looked at for a kind of certificate. What has no evidence is named as not checked. */
export interface ExpectedItem {
  item: string;
  label: string;
  /** Why there may be none; that none was recorded unless told. */
  reason?: string;
}

export interface CertificateFacts
  extends Pick<
    CertificateDocument,
    | "certificateId"
    | "kind"
    | "sequence"
    | "previousHash"
    | "issuedAt"
    | "keyId"
    | "pseudonym"
    | "operation"
    | "authority"
    | "hold"
    | "steps"
    | "closure"
    | "versions"
  > {
  evidence: readonly Evidence[];
  expected: readonly ExpectedItem[];
}

/**
 * Puts a certificate together from evidence and nothing else. What nobody looked at is named as not checked.
 * @throws DomainError PRECONDITION_FAILED `certificate-untrue` when the evidence contradicts what such a certificate says, naming every item
 */
export function assembleCertificate({ evidence, expected, ...facts }: CertificateFacts): CertificateDocument {
  const sorted = evidence.toSorted((one, other) => (evidenceItem(one) < evidenceItem(other) ? -1 : 1));
  const stores = sorted.filter((one) => one.type === "store");
  const keys = sorted.filter((one) => one.type === "key");
  const canaries = sorted.filter((one) => one.type === "canary");
  const copies = sorted.filter((one) => one.type === "copy");
  const problems = contradictions(facts, sorted, keys);
  if (problems.length > 0) {
    const message = `The evidence does not support a certificate: ${problems.join("; ")}. Repair it and try the step again.`;
    throw new DomainError("PRECONDITION_FAILED", message, { reason: "certificate-untrue" });
  }
  const document = {
    format: certificateFormat,
    algorithm: certificateAlgorithm,
    ...facts,
    stores,
    keys,
    canaries,
    copies,
    notChecked: notChecked(sorted, expected, facts),
    finality: finalityOf(facts.kind, keys, facts.issuedAt),
  } as const;
  return { ...document, ...claimsOf(document) };
}

function contradictions(
  { kind, hold, closure, issuedAt }: Pick<CertificateDocument, "kind" | "hold" | "closure" | "issuedAt">,
  evidence: readonly Evidence[],
  keys: readonly KeyEvidence[],
): string[] {
  const problems = evidence.flatMap((one) => {
    if (one.type === "store" && (one.disposition === "deleted" || one.disposition === "destroyed") && (one.after ?? 0) > 0)
      return [`${one.store} still holds ${one.after}`];
    if (one.type === "canary" && (one.readableAfter ?? 0) > 0) return [`${one.readableAfter} canaries of ${one.store} are readable`];
    if (one.type === "key" && one.wrappedAfter > 0) return [`${one.wrappedAfter} wrapped data keys are left under a key`];
    return [];
  });
  if (kind === "person-erasure") return problems;
  if (keys.length === 0) problems.push("no key was looked at");
  if (hold?.legalHolds.some(({ releasedAt }) => releasedAt === null)) problems.push("a legal hold is open");
  for (const key of keys) {
    const { state, model } = key;
    if (model === "customer") continue;
    if (kind === "closure" && !isEnding(key)) problems.push(`a key of model ${model} is ${state}`);
    if (kind === "finality" && !isOver(key, issuedAt)) problems.push(`a key of model ${model} is ${state}, not gone`);
  }
  if (kind === "finality" && closure === null) problems.push("there is no first stamp to complete");
  return problems;
}

function notChecked(
  evidence: readonly Evidence[],
  expected: readonly ExpectedItem[],
  facts: { hold: unknown; kind: CertificateKind },
): NotChecked[] {
  const recorded = new Set(evidence.map(evidenceItem));
  const missing = expected
    .filter(({ item }) => !recorded.has(item))
    .map(({ item, label, reason = "No evidence of it was recorded." }) => ({ item, label, reason }));
  const unseen = evidence.flatMap((one): NotChecked[] => {
    const item = evidenceItem(one);
    if (one.type === "store" && one.disposition !== "expires" && (one.after === null || one.checkedAt === null))
      return [{ item, label: one.label, reason: one.note ?? "Nobody looked at it again." }];
    if (one.type === "canary" && (one.readableAfter === null || one.checkedAt === null))
      return [{ item, label: one.label, reason: "Nobody looked for the planted values." }];
    return [];
  });
  const hold =
    facts.kind !== "person-erasure" && facts.hold === null
      ? [{ item: "hold", label: "Hold", reason: "No record of a hold was found." }]
      : [];
  return [...missing, ...unseen, ...hold].sort((one, other) => (one.item < other.item ? -1 : 1));
}
