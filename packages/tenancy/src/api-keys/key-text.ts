import { createHash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";
import { isId, type TenantId } from "@leasehold/domain/ids";

/** `lhk_<tenant>_<key>_<secret><checksum>`: the ULIDs of both ids, 43 characters of secret (256 bits), 6 of checksum. */
export interface ApiKeyText {
  tenantId: TenantId;
  keyId: `key_${string}`;
  secret: string;
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const secretLength = 43;
const checksumLength = 6;
const pattern = new RegExp(`^lhk_([0-9A-Z]{26})_([0-9A-Z]{26})_([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checksumLength}})$`);

/** Whether an Authorization header brings an API key and not a token. */
export function bringsApiKey(authorization: string | undefined): boolean {
  return authorization?.startsWith("Bearer lhk_") === true;
}

export function newSecret(): string {
  return Array.from({ length: secretLength }, () => alphabet[randomInt(alphabet.length)]).join("");
}

export function writeApiKey({ tenantId, keyId, secret }: ApiKeyText): string {
  const text = `lhk_${tenantId.slice(4)}_${keyId.slice(4)}_${secret}`;
  return `${text}${checksumOf(text)}`;
}

/** The parts of a key's text; undefined for what was never one, which anybody can tell by its checksum. */
export function readApiKey(text: string): ApiKeyText | undefined {
  const [, tenant, key, secret, checksum] = pattern.exec(text) ?? [];
  const [tenantId, keyId] = [`tnt_${tenant}`, `key_${key}`];
  if (secret === undefined || !isId("tenant", tenantId) || !isId("apiKey", keyId)) return undefined;
  return checksumOf(text.slice(0, -checksumLength)) === checksum ? { tenantId, keyId, secret } : undefined;
}

/** What is kept of a secret: bound to its tenant and key, so that no row stands for another. 32 bytes. */
export function digestSecret({ tenantId, keyId, secret }: ApiKeyText): Buffer {
  return createHash("sha256").update(`leasehold/api-key/1|${tenantId}|${keyId}|${secret}`).digest();
}

/** CRC-32 in base 62: for scanners and typing errors, no protection. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let written = "";
  for (let position = 0; position < checksumLength; position++) {
    written = `${alphabet[rest % alphabet.length]}${written}`;
    rest = Math.floor(rest / alphabet.length);
  }
  return written;
}
