import { appendCertificate } from "@leasehold/db/control/offboarding/certificates/append-certificate";
import { publishCertificateKey, readChainHead } from "@leasehold/db/control/offboarding/certificates/certificate-keys";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { chosenCertificateId } from "@leasehold/db/control/offboarding/last-mail";
import { newId } from "@leasehold/domain/ids";
import { assembleCertificate, type CertificateFacts } from "@leasehold/domain/offboarding/assemble-certificate";
import { type CertificateKey, type CertificateKind, certificateAlgorithm } from "@leasehold/domain/offboarding/certificate";
import { toBase64Url } from "@leasehold/tenancy/certificates/bytes";
import { canonicalBytes } from "@leasehold/tenancy/certificates/canonical-json";
import { verifyCertificate } from "@leasehold/tenancy/certificates/verify-certificate";
import type { StepContext, StepEffect } from "../../operations/run-step.ts";
import type { CertificateDependencies } from "./dependencies.ts";
import { findSigningKey, signWithKms } from "./sign-with-kms.ts";

/** What a kind of certificate is made of, besides its place in the chain. */
export type GatheredFacts = Omit<
  CertificateFacts,
  "certificateId" | "kind" | "sequence" | "previousHash" | "issuedAt" | "keyId" | "versions"
>;

/**
 * Idempotent by operation and kind: what was issued is issued. Signs what the evidence says as the next of the chain, reads it as
 * anybody would, and adds it in the transaction that ends the step. When another certificate came first, the step is tried again.
 * Throws PRECONDITION_FAILED (`certificate-untrue`) when the evidence contradicts what would be signed.
 */
export async function issueCertificate(
  { control, kms, versions }: CertificateDependencies,
  kind: CertificateKind,
  { tenantId, operationId, signal }: StepContext,
  gather: () => Promise<GatheredFacts>,
): Promise<StepEffect> {
  const issued = await listCertificatesOf(control, { tenantId, operationId });
  if (issued.some((one) => one.kind === kind)) return {};
  const facts = await gather();
  const signing = await findSigningKey(kms, signal);
  const since = await publishCertificateKey(control, signing);
  const { sequence, hash: previousHash, now } = await readChainHead(control);
  const issuedAt = now.toISOString();
  // The owners' last mail names it, which was written while their addresses were known.
  const chosen = kind === "closure" ? await chosenCertificateId(control, { tenantId, operationId }) : undefined;
  const place = {
    certificateId: chosen ?? newId("certificate"),
    kind,
    sequence: sequence + 1,
    previousHash,
    issuedAt,
    keyId: signing.keyId,
    versions,
  };
  const document = assembleCertificate({ ...facts, ...place });
  const bytes = canonicalBytes(document);
  const signature = await signWithKms(kms, signing, bytes, signal);
  const key: CertificateKey = {
    keyId: signing.keyId,
    algorithm: certificateAlgorithm,
    publicKey: toBase64Url(signing.publicKey),
    since: since.toISOString(),
    retiredAt: null,
  };
  const file = canonicalBytes({ document, signature: { algorithm: certificateAlgorithm, keyId: signing.keyId, value: signature } });
  const verdict = await verifyCertificate(file, [key]);
  if (!verdict.valid) throw new Error(`a certificate was made that does not verify: ${verdict.message}`);
  return { within: (tx) => appendCertificate(tx, tenantId, document, { bytes, hash: verdict.hash, signature }) };
}
