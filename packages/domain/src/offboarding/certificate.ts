/** What is issued. A reader refuses a format that it does not know: it could not say what the document proves. */
export const certificateFormat = "leasehold/certificate/2";
/** What is read. In the first format `gone` leaves out what becomes of a customer's key: docs/certificate.md. */
export const certificateFormats = ["leasehold/certificate/1", certificateFormat] as const;
export const certificateAlgorithm = "ECDSA_P256_SHA256";

/** `closure`: live copies are gone and keys destroyed or scheduled. `finality`: KMS says that the keys are gone. */
export const certificateKinds = ["closure", "finality", "person-erasure"] as const;
export type CertificateKind = (typeof certificateKinds)[number];

/** `destroyed`: unreadable because its key is gone. `expires`: a copy that ends by itself at `keptUntil`. */
export const storeDispositions = ["deleted", "destroyed", "kept", "expires"] as const;
export type StoreDisposition = (typeof storeDispositions)[number];

/** What one store held and holds, counted by looking. All times of this file are ISO 8601 in UTC. */
export interface StoreEvidence {
  type: "store";
  /** The store's name in the registry of stores. */
  store: string;
  label: string;
  disposition: StoreDisposition;
  /** Null where it was not counted, which `note` explains. */
  before: number | null;
  /** What a look after the deletion found. Null when nobody looked. */
  after: number | null;
  /** When `after` was looked up; null when it was not. */
  checkedAt: string | null;
  /** What was asked, in words: "count of rows as the role auditor", "ListObjectVersions under the prefix". */
  how: string;
  keptUntil?: string;
  note?: string;
}

export const certificateKeyModels = ["dedicated", "stack", "customer", "shared-epoch"] as const;
export type CertificateKeyModel = (typeof certificateKeyModels)[number];

/** What KMS answered of a key: its own word, or `NotFound` once it has none. `NotOurs`: a customer's key that we may not look at any more. */
export const kmsKeyStates = [
  "Enabled",
  "Disabled",
  "PendingDeletion",
  "PendingImport",
  "PendingReplicaDeletion",
  "Unavailable",
  "Creating",
  "Updating",
  "NotFound",
  "NotOurs",
] as const;
export type KmsKeyState = (typeof kmsKeyStates)[number];

export interface KeyEvidence {
  type: "key";
  keyArn: string;
  model: CertificateKeyModel;
  /** Wrapped data keys of the tenant (or person) in the keyring, before and by looking again after. */
  wrappedBefore: number;
  wrappedAfter: number;
  state: KmsKeyState;
  deletionDate?: string;
  answeredAt: string;
  epoch?: number;
  /** Wrapped keys under it that did not open and were given up, destroyed then, before the closing. */
  lost?: LostKeyEvidence[];
  former?: FormerKey;
}

/** Of a key that the workspace had left before the closing, and that copies of the keyring from then still need. */
export interface FormerKey {
  /** From then on none of the workspace's data keys was under it. */
  until: string;
  /** When the last copy of the keyring from before ends by itself. */
  copiesUntil: string;
}

export interface LostKeyEvidence {
  purpose: "data" | "index" | "payload";
  version: number;
  lostAt: string;
}

/** A known value that was planted before and looked for after. */
export interface CanaryEvidence {
  type: "canary";
  store: string;
  label: string;
  planted: number;
  /** How many of them a look found readable. Null when nobody looked. */
  readableAfter: number | null;
  scannedBytes?: number;
  checkedAt: string | null;
  how: string;
}

/** A person or machine as the certificate names it: `pseudonymOfActor`, never an id that is used elsewhere. */
export type PseudonymousActor = string;

export const holdChangeKinds = ["began", "extended", "shorten-asked", "shorten-withdrawn", "shortened", "cancelled", "ended"] as const;

export interface HoldChange {
  at: string;
  kind: (typeof holdChangeKinds)[number];
  /** The end that holds from then on, or, where it was only asked for, would. */
  endsAt: string | null;
  by: PseudonymousActor;
}

export interface LegalHoldEvidence {
  /** SHA-256 of the hold's id and its case number: whoever knows both can check it. */
  caseHash: string;
  placedAt: string;
  placedBy: PseudonymousActor;
  releasedAt: string | null;
  releasedBy: PseudonymousActor | null;
}

export interface HoldEvidence {
  type: "hold";
  /** As long as it was at first. */
  seconds: number;
  beganAt: string;
  endsAt: string;
  endedAt: string | null;
  changes: HoldChange[];
  legalHolds: LegalHoldEvidence[];
}

/** A copy that the deletion does not reach at once: what makes it unreadable, and from when at the latest. */
export interface CopyEvidence {
  type: "copy";
  copy: string;
  label: string;
  unreadableBy: "key" | "expiry";
  /** Null: unreadable since the keys were destroyed. */
  unreadableFrom: string | null;
  how: string;
}

/** What a step records. Holds, authority and times are read from the operation's own rows. */
export type Evidence = StoreEvidence | KeyEvidence | CanaryEvidence | CopyEvidence;

export interface AuthorityEvidence {
  requestedBy: PseudonymousActor;
  requestedAt: string;
  /** How the wish was confirmed: "typed confirmation and fresh sign-in". */
  confirmation: string;
  approvals: { by: PseudonymousActor; at: string }[];
}

export interface StepTimes {
  step: string;
  state: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** An item of the list of what is looked at that was not, and why. */
export interface NotChecked {
  item: string;
  label: string;
  reason: string;
}

export interface CertificateVersions {
  product: string;
  commit: string | null;
  /** Last migration of each database, hash of each template: `control: 0033_certificates.sql`. */
  schemas: Record<string, string>;
}

/**
 * `gone`: KMS has none of the keys. `copies-ended`: but for those that were left before, of which no copy is left either. `customers`: none
 * of ours is left, and the customer's is the customer's. `scheduled`: ours wait for their deletion. `held`: the key of an epoch that was
 * left before stays for another tenant's.
 */
export const finalityStates = ["gone", "copies-ended", "customers", "scheduled", "held", "not-applicable"] as const;

export interface Finality {
  /** When KMS answered that the last of the keys is gone, or is to be gone; null where nobody knows. */
  at: string | null;
  state: (typeof finalityStates)[number];
  note: string;
}

/** What is signed. Members are sorted and numbers are integers: see docs/certificate.md for the canonical form. */
export interface CertificateDocument {
  format: (typeof certificateFormats)[number];
  algorithm: typeof certificateAlgorithm;
  certificateId: string;
  kind: CertificateKind;
  /** Place in the deployment's one chain, from 1. */
  sequence: number;
  /** SHA-256 of the document before, in hexadecimal; null for the first. */
  previousHash: string | null;
  issuedAt: string;
  keyId: string;
  /** Whose data: made when shredding begins, named nowhere else. A person's erasure has one for the person. */
  pseudonym: string;
  operation: { operationId: string; kind: string; requestedAt: string; startedAt: string | null };
  authority: AuthorityEvidence;
  hold: HoldEvidence | null;
  steps: StepTimes[];
  stores: StoreEvidence[];
  keys: KeyEvidence[];
  canaries: CanaryEvidence[];
  copies: CopyEvidence[];
  notChecked: NotChecked[];
  finality: Finality;
  /** The first stamp that a finality completes. */
  closure: { certificateId: string; hash: string } | null;
  versions: CertificateVersions;
  proves: string[];
  doesNotProve: string[];
}

export interface CertificateSignature {
  algorithm: typeof certificateAlgorithm;
  keyId: string;
  /** r and s, 32 bytes each, s in the lower half, base64url without padding. */
  value: string;
}

/** The file that is handed out: canonical JSON of both. */
export interface SignedCertificate {
  document: CertificateDocument;
  signature: CertificateSignature;
}

/** One public key as `/certificates/keys.json` lists it. A retired key stays in the list. */
export interface CertificateKey {
  /** SHA-256 of the key's SPKI, in hexadecimal: the key names itself. */
  keyId: string;
  algorithm: typeof certificateAlgorithm;
  /** SubjectPublicKeyInfo, DER, base64url. */
  publicKey: string;
  since: string;
  retiredAt: string | null;
}

/** The name under which a piece of evidence is recorded in `control.offboarding_evidence`. */
export function evidenceItem(evidence: Evidence): string {
  switch (evidence.type) {
    case "store":
      return `store:${evidence.store}`;
    case "key":
      return `key:${evidence.keyArn}`;
    case "canary":
      return `canary:${evidence.store}`;
    case "copy":
      return `copy:${evidence.copy}`;
  }
}
