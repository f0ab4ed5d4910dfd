import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { newId } from "@leasehold/domain/ids";
import { assembleCertificate, type CertificateFacts } from "@leasehold/domain/offboarding/assemble-certificate";
import {
  type CertificateDocument,
  type CertificateKey,
  certificateAlgorithm,
  type Evidence,
  type SignedCertificate,
} from "@leasehold/domain/offboarding/certificate";
import { toBase64Url } from "@leasehold/tenancy/certificates/bytes";
import { canonicalBytes } from "@leasehold/tenancy/certificates/canonical-json";
import { keyIdOf, signatureFromDer } from "@leasehold/tenancy/certificates/signature";

export interface SampleSigner {
  key: CertificateKey;
  sign(document: CertificateDocument): SignedCertificate;
}

/** A signer without KMS, for what is checked of a certificate's bytes. */
export async function createSampleSigner(): Promise<SampleSigner> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  const keyId = await keyIdOf(spki);
  const key = {
    keyId,
    algorithm: certificateAlgorithm,
    publicKey: toBase64Url(spki),
    since: "2026-01-01T00:00:00.000Z",
    retiredAt: null,
  } as const;
  return { key, sign: (document) => signWith(privateKey, document) };
}

function signWith(privateKey: KeyObject, document: CertificateDocument): SignedCertificate {
  const der = sign("sha256", canonicalBytes(document), createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })));
  return { document, signature: { algorithm: certificateAlgorithm, keyId: document.keyId, value: toBase64Url(signatureFromDer(der)) } };
}

const at = "2026-11-21T09:00:00.000Z";
const owner = `user:${"1".repeat(32)}`;
const arn = "arn:aws:kms:eu-central-1:111122223333:key/0f3c1d2e-0000-4000-8000-000000000000";

export const sampleKey: Extract<Evidence, { type: "key" }> = {
  type: "key",
  keyArn: arn,
  model: "dedicated",
  wrappedBefore: 2,
  wrappedAfter: 0,
  state: "PendingDeletion",
  deletionDate: "2026-12-21T09:00:00.000Z",
  answeredAt: at,
};

export const sampleStore: Extract<Evidence, { type: "store" }> = {
  type: "store",
  store: "app.documents",
  label: "Documents",
  disposition: "deleted",
  before: 12_345,
  after: 0,
  checkedAt: at,
  how: "count of rows",
};

/** The facts of a first stamp; `changes` win. */
export function sampleFacts(keyId: string, changes: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    certificateId: newId("certificate"),
    kind: "closure",
    sequence: 1,
    previousHash: null,
    issuedAt: "2026-11-21T09:00:01.000Z",
    keyId,
    pseudonym: newId("pseudonym"),
    operation: { operationId: newId("operation"), kind: "offboarding", requestedAt: at, startedAt: at },
    authority: { requestedBy: owner, requestedAt: at, confirmation: "typed confirmation", approvals: [] },
    hold: {
      type: "hold",
      seconds: 2_592_000,
      beganAt: "2026-10-22T09:00:00.000Z",
      endsAt: at,
      endedAt: at,
      changes: [{ at: "2026-10-22T09:00:00.000Z", kind: "began", endsAt: at, by: `system:${"2".repeat(32)}` }],
      legalHolds: [],
    },
    steps: [{ step: "destroy-keys", state: "SUCCEEDED", startedAt: at, finishedAt: at }],
    closure: null,
    versions: { product: "0.1.0", commit: null, schemas: { control: "0033_certificates.sql" } },
    evidence: [
      sampleStore,
      sampleKey,
      {
        type: "canary",
        store: "app.documents",
        label: "Documents",
        planted: 3,
        readableAfter: 0,
        checkedAt: at,
        how: "scan of the data folder",
      },
      {
        type: "copy",
        copy: "backups",
        label: "Backups of the databases",
        unreadableBy: "key",
        unreadableFrom: null,
        how: "sealed under the keys",
      },
    ],
    expected: [
      { item: "store:app.documents", label: "Documents" },
      { item: "store:search", label: "Search entries" },
    ],
    ...changes,
  };
}

export function sampleDocument(keyId: string, changes: Partial<CertificateFacts> = {}): CertificateDocument {
  return assembleCertificate(sampleFacts(keyId, changes));
}
