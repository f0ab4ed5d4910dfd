import { type CertificateKey, certificateFormats, type SignedCertificate } from "@leasehold/domain/offboarding/certificate";
import { fromBase64Url, sha256Hex } from "./bytes.ts";
import { canonicalBytes, readCanonical } from "./canonical-json.ts";
import { signedSchema } from "./certificate-schema.ts";
import { extractJson, isPdf } from "./pdf/extract-json.ts";
import { isSignedBy, keyIdOf } from "./signature.ts";

/** Why a file is refused, in a word. */
export type Refusal =
  | "too-large"
  | "not-a-certificate"
  | "pdf-without-certificate"
  | "not-canonical"
  | "unknown-version"
  | "malformed"
  | "unsigned"
  | "unknown-key"
  | "wrong-key"
  | "key-not-in-use"
  | "signature-invalid"
  | "pdf-changed";

export interface VerifiedCertificate {
  valid: true;
  file: "json" | "pdf";
  certificate: SignedCertificate;
  /** SHA-256 of the document's canonical bytes, in hexadecimal: what the next certificate of the chain names. */
  hash: string;
}

export interface RefusedCertificate {
  valid: false;
  reason: Refusal;
  message: string;
}

export type CertificateVerdict = VerifiedCertificate | RefusedCertificate;

/** Bytes; more than the longest certificate by far. */
const largest = 8 * 1024 * 1024;

const messages: Record<Refusal, string> = {
  "too-large": "The file is larger than any certificate.",
  "not-a-certificate": "The file is neither a certificate's JSON nor its PDF.",
  "pdf-without-certificate": "The PDF holds no certificate, or not whole.",
  "not-canonical": "The bytes are not in canonical form: something was added, removed, repeated or put in another order.",
  "unknown-version": `The certificate is of a version that this program does not know; it knows ${certificateFormats.join(" and ")}.`,
  malformed: "The certificate has a member too many or too few, or a value that none can have.",
  unsigned: "The certificate has no signature.",
  "unknown-key": "The key that the certificate names is not among the published keys.",
  "wrong-key": "The key that the certificate names is not the key of that name.",
  "key-not-in-use": "The certificate's time is not one at which its key was in use.",
  "signature-invalid": "The signature is not the key's over these bytes: the certificate was changed, or never signed.",
  "pdf-changed": "The certificate inside the PDF holds, but the pages around it are not the ones that it gives.",
};

/** A refusal in words that people may read. */
export function refuse(reason: Refusal, detail?: string): RefusedCertificate {
  return { valid: false, reason, message: detail === undefined ? messages[reason] : `${messages[reason]} (${detail})` };
}

/**
 * Whether a file is a certificate that one of these keys signed, to the byte. Needs no network and no clock; runs in browsers and in
 * Node. A PDF is compared with the one that its certificate gives. Never throws for what is in the file.
 */
export async function verifyCertificate(
  file: Uint8Array,
  keys: readonly CertificateKey[],
  render: (certificate: SignedCertificate) => Promise<Uint8Array> = renderLater,
): Promise<CertificateVerdict> {
  if (file.length > largest) return refuse("too-large");
  if (!isPdf(file)) return verifyJson(file, keys);
  const json = extractJson(file);
  if (json === undefined) return refuse("pdf-without-certificate");
  const verdict = await verifyJson(json, keys);
  if (!verdict.valid) return verdict;
  return sameBytes(await render(verdict.certificate), file) ? { ...verdict, file: "pdf" } : refuse("pdf-changed");
}

/** The drawing of pages is loaded when there is a PDF. */
async function renderLater(certificate: SignedCertificate): Promise<Uint8Array> {
  const { renderPdf } = await import("./pdf/render-pdf.ts");
  return renderPdf(certificate);
}

async function verifyJson(bytes: Uint8Array, keys: readonly CertificateKey[]): Promise<CertificateVerdict> {
  const read = readCanonical(bytes);
  if (read === undefined) return refuse(looksLikeJson(bytes) ? "not-canonical" : "not-a-certificate");
  const outside = objectOf(read.value);
  const format = objectOf(outside?.document)?.format;
  if (typeof format !== "string" || !format.startsWith("leasehold/certificate/")) return refuse("not-a-certificate");
  if (!certificateFormats.some((known) => known === format)) return refuse("unknown-version");
  if (outside?.signature === undefined || outside.signature === null) return refuse("unsigned");
  const parsed = signedSchema.safeParse(read.value);
  if (!parsed.success) return refuse("malformed", parsed.error.issues[0]?.path.join("."));
  return verifySigned(parsed.data, keys);
}

async function verifySigned(certificate: SignedCertificate, keys: readonly CertificateKey[]): Promise<CertificateVerdict> {
  const { document, signature } = certificate;
  const key = keys.find(({ keyId }) => keyId === document.keyId);
  if (key === undefined) return refuse("unknown-key");
  const spki = fromBase64Url(key.publicKey);
  if (signature.keyId !== document.keyId || spki === undefined || (await keyIdOf(spki)) !== key.keyId) return refuse("wrong-key");
  const at = Date.parse(document.issuedAt);
  if (at < Date.parse(key.since) || (key.retiredAt !== null && at > Date.parse(key.retiredAt))) return refuse("key-not-in-use");
  const bytes = canonicalBytes(document);
  if (!(await isSignedBy(key, bytes, signature.value))) return refuse("signature-invalid");
  return { valid: true, file: "json", certificate, hash: await sha256Hex(bytes) };
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

const looksLikeJson = (bytes: Uint8Array) => bytes[0] === 0x7b || bytes[0] === 0x20 || bytes[0] === 0x0a || bytes[0] === 0xef;

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
