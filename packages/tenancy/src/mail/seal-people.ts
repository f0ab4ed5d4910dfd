import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from "jose";
import { mailContentAlgorithm, mailKeyAlgorithm } from "./seal-mail.ts";

/** A person as an export of a workspace names its members. */
export interface Person {
  userId: string;
  name: string;
  email: string;
}

/** Marks what it is, so that a mail is never taken for it. */
const contentType = "leasehold/people";

/** People as a compact JWE that only the worker opens, as it does mail: the writer cannot read it back. */
export async function sealPeople(publicJwk: JWK, people: readonly Person[]): Promise<string> {
  const key = await importJWK(publicJwk, mailKeyAlgorithm);
  const kid = publicJwk.kid === undefined ? {} : { kid: publicJwk.kid };
  const header = { alg: mailKeyAlgorithm, enc: mailContentAlgorithm, cty: contentType, ...kid };
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(people))).setProtectedHeader(header).encrypt(key);
}

/** Opens what `sealPeople` sealed. Throws when it was changed, or is something else. */
export async function openPeople(privateJwk: JWK, sealed: string): Promise<Person[]> {
  const key = await importJWK(privateJwk, mailKeyAlgorithm);
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: [mailKeyAlgorithm],
    contentEncryptionAlgorithms: [mailContentAlgorithm],
  });
  if (protectedHeader.cty !== contentType) throw new Error("what was opened is no list of people");
  return JSON.parse(new TextDecoder().decode(plaintext)) as Person[];
}
