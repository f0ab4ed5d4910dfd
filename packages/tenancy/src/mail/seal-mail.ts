import { CompactEncrypt, importJWK, type JWK } from "jose";
import type { Mail } from "./templates.ts";

export const mailKeyAlgorithm = "ECDH-ES+A256KW";
export const mailContentAlgorithm = "A256GCM";

/** A mail as a compact JWE that only the holder of the private key opens; the writer cannot read it back. The key is a P-256 JWK. */
export async function sealMail(publicJwk: JWK, mail: Mail): Promise<string> {
  const key = await importJWK(publicJwk, mailKeyAlgorithm);
  const header = { alg: mailKeyAlgorithm, enc: mailContentAlgorithm, ...(publicJwk.kid === undefined ? {} : { kid: publicJwk.kid }) };
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(mail))).setProtectedHeader(header).encrypt(key);
}
