import { type CertificateKey, certificateAlgorithm } from "@leasehold/domain/offboarding/certificate";
import { fromBase64Url, sha256Hex } from "./bytes.ts";

/** The order of P-256's group (NIST SP 800-186, section 3.2.1.3). */
const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

const toNumber = (bytes: Uint8Array) => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

function toBytes(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((number >> BigInt(8 * (31 - index))) & 0xffn));
}

/**
 * KMS answers a signature as DER; the certificate has r and s, 32 bytes each. Of s and its opposite, which verify alike, the lower is
 * taken, so that one signature has one text. Throws Error for anything else than two numbers.
 */
export function signatureFromDer(der: Uint8Array): Uint8Array<ArrayBuffer> {
  const numberAt = (at: number) => {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    if (der[at] !== 2 || number.length !== length || length === 0) throw new Error("KMS answered no signature in DER");
    return { number: toNumber(number), end: at + 2 + length };
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Error("KMS answered no signature in DER");
  const r = numberAt(2);
  const s = numberAt(r.end);
  if (s.end !== der.length) throw new Error("KMS answered no signature in DER");
  const bytes = new Uint8Array(64);
  bytes.set(toBytes(r.number));
  bytes.set(toBytes(isLow(s.number) ? s.number : order - s.number), 32);
  return bytes;
}

const isLow = (s: bigint) => s <= order / 2n;

/** A key's id is the SHA-256 of its SPKI: a list that gives a key another's name is noticed. */
export function keyIdOf(spki: Uint8Array<ArrayBuffer>): Promise<string> {
  return sha256Hex(spki);
}

/** Whether `value` is this key's one signature of these bytes. Another text of a signature that verifies is refused. */
export async function isSignedBy(key: CertificateKey, bytes: Uint8Array<ArrayBuffer>, value: string): Promise<boolean> {
  const signature = fromBase64Url(value);
  const spki = fromBase64Url(key.publicKey);
  if (signature?.length !== 64 || spki === undefined || key.algorithm !== certificateAlgorithm) return false;
  if (!isLow(toNumber(signature.subarray(32)))) return false;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const publicKey = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]).catch(() => undefined);
  if (publicKey === undefined) return false;
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, publicKey, signature, bytes);
}
