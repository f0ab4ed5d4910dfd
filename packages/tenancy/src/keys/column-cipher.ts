import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";
import type { KeyVersion } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import type { TenantId } from "@leasehold/domain/ids";
import { type Cell, cellContext } from "./cell.ts";
import type { KeyRing } from "./data-keys.ts";
import { derivedKeyObject, noSalt } from "./derive-key.ts";
import { UnreadableError } from "./unreadable.ts";

/** Layout: format (1 byte), key version (4), nonce (12), ciphertext, tag (16). */
const format = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + 4 + nonceBytes;
const purpose = ["columns"];

/** The key of every cell under a data key, for one piece of work. */
export function columnKey(dataKey: Buffer): KeyObject {
  return derivedKeyObject(dataKey, noSalt, purpose);
}

/** Column keys of a ring's versions, each made once however many cells it is for; valid as long as the ring. */
export function columnKeysOf(ring: Pick<KeyRing, "key">): (version: KeyVersion) => KeyObject {
  const made = new Map<KeyVersion, KeyObject>();
  return (version) => {
    const key = made.get(version) ?? columnKey(ring.key(version));
    made.set(version, key);
    return key;
  };
}

/** AES-256-GCM of one value, bound to its tenant, table, column and row, and to the key's version. */
export function sealCell(key: KeyObject, keyVersion: number, tenantId: TenantId, cell: Cell, plaintext: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(format, 0);
  header.writeUInt32BE(keyVersion, 1);
  randomBytes(nonceBytes).copy(header, 5);
  const cipher = createCipheriv("aes-256-gcm", key, header.subarray(5), { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([header.subarray(0, 5), cellContext(tenantId, cell)]));
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Throws UnreadableError unless tenant, table, column, row and every byte are those that were sealed. */
export function openCell(key: KeyObject, tenantId: TenantId, cell: Cell, sealed: Buffer): Buffer {
  keyVersionOf(sealed, cell);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(5, headerBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.concat([sealed.subarray(0, 5), cellContext(tenantId, cell)]));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(headerBytes, -tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new UnreadableError(`A value of ${cell.table}.${cell.column} does not open for its tenant and row.`, { cause });
  }
}

/** The version of the data key that a value was sealed with. Throws UnreadableError for what is no sealed value. */
export function keyVersionOf(sealed: Buffer, cell: Cell): number {
  if (sealed.length < headerBytes + tagBytes || sealed.readUInt8(0) !== format) {
    throw new UnreadableError(`A value of ${cell.table}.${cell.column} is not in a known format.`);
  }
  return sealed.readUInt32BE(1);
}
