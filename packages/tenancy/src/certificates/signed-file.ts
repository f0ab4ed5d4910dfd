import { certificateAlgorithm, type SignedCertificate } from "@leasehold/domain/offboarding/certificate";
import { canonicalJson } from "./canonical-json.ts";

/** The file of a certificate from what is kept of it: the document's bytes as they were signed, and the signature beside them. */
export function signedFile(stored: { document: Uint8Array; signature: string; keyId: string }): Uint8Array<ArrayBuffer> {
  const document = new TextDecoder().decode(stored.document);
  const signature = canonicalJson({ algorithm: certificateAlgorithm, keyId: stored.keyId, value: stored.signature });
  return new TextEncoder().encode(`{"document":${document},"signature":${signature}}`);
}

/** The same for those who draw it. */
export function signedCertificateOf(stored: { document: Uint8Array; signature: string; keyId: string }): SignedCertificate {
  return JSON.parse(new TextDecoder().decode(signedFile(stored)));
}
