import { DomainError } from "../errors.ts";
import {
  type CertificateDocument,
  type CertificateKind,
  certificateAlgorithm,
  certificateFormat,
  type Evidence,
  evidenceItem,
  type Finality,
  type KeyEvidence,
  type NotChecked,
} from "./certificate.ts";
import { claimsOf } from "./certificate-claims.ts";

/** An item that is looked at for a kind of certificate. What has no evidence is named as not checked. */
export interface ExpectedItem {
  item: string;
  label: string;
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
    finality: finalityOf(facts.kind, keys),
  } as const;
  return { ...document, ...claimsOf(document) };
}

function contradictions(
  { kind, hold, closure }: Pick<CertificateDocument, "kind" | "hold" | "closure">,
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
  for (const { state, model } of keys) {
    if (kind === "closure" && !isGoing(state, model)) problems.push(`a key of model ${model} is ${state}`);
    if (kind === "finality" && !isGone(state, model)) problems.push(`a key of model ${model} is ${state}, not gone`);
  }
  if (kind === "finality" && closure === null) problems.push("there is no first stamp to complete");
  return problems;
}

/** What a customer's key does afterwards is the customer's to decide: nothing of ours is wrapped under it any more. */
const isGone = (state: KeyEvidence["state"], model: KeyEvidence["model"]) => model === "customer" || state === "NotFound";

function isGoing(state: KeyEvidence["state"], model: KeyEvidence["model"]): boolean {
  return isGone(state, model) || state === "PendingDeletion" || state === "PendingReplicaDeletion";
}

function notChecked(
  evidence: readonly Evidence[],
  expected: readonly ExpectedItem[],
  facts: { hold: unknown; kind: CertificateKind },
): NotChecked[] {
  const recorded = new Set(evidence.map(evidenceItem));
  const missing = expected
    .filter(({ item }) => !recorded.has(item))
    .map(({ item, label }) => ({ item, label, reason: "No evidence of it was recorded." }));
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

function finalityOf(kind: CertificateKind, keys: readonly KeyEvidence[]): Finality {
  if (kind === "person-erasure") return { at: null, state: "not-applicable", note: "The workspace goes on, and so do its keys." };
  const times = keys.flatMap(({ deletionDate }) => deletionDate ?? []).sort();
  if (keys.every(({ model, state }) => isGone(state, model))) {
    const answered = keys.map(({ answeredAt }) => answeredAt).sort();
    return { at: answered.at(-1) ?? null, state: "gone", note: "The key management service has none of the keys any more." };
  }
  return {
    at: times.at(-1) ?? null,
    state: "scheduled",
    note: "The keys open nothing, and the key management service deletes them at this time.",
  };
}
