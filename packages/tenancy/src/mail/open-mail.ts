import { compactDecrypt, importJWK, type JWK } from "jose";
import { mailContentAlgorithm, mailKeyAlgorithm } from "./seal-mail.ts";
import type { Mail } from "./templates.ts";

/** Opens what `sealMail` sealed. Throws when the content was changed or sealed to another key. */
export async function openMail(privateJwk: JWK, sealed: string): Promise<Mail> {
  const key = await importJWK(privateJwk, mailKeyAlgorithm);
  const { plaintext } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: [mailKeyAlgorithm],
    contentEncryptionAlgorithms: [mailContentAlgorithm],
  });
  return JSON.parse(new TextDecoder().decode(plaintext)) as Mail;
}
