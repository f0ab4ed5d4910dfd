import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { encodeContext } from "./cell.ts";

export const dataKeyBytes = 32;

/** A key for one use, 32 bytes, from the tenant's data key (HKDF-SHA-256); the caller zeroises it. */
export function deriveKey(dataKey: Buffer, salt: Buffer, purpose: readonly string[]): Buffer {
  const info = encodeContext(["leasehold/key/1", ...purpose]);
  return Buffer.from(hkdfSync("sha256", createSecretKey(dataKey), salt, info, dataKeyBytes));
}

/**
 * Runs `work` with a key for one use, as `deriveKey` makes it, and zeroises its bytes after. Node's ciphers
 * take a KeyObject in a fraction of the time that bytes cost; OpenSSL clears what it copied as the object is freed.
 */
export function withDerivedKey<T>(dataKey: Buffer, salt: Buffer, purpose: readonly string[], work: (key: KeyObject) => T): T {
  const bytes = deriveKey(dataKey, salt, purpose);
  try {
    return work(createSecretKey(bytes));
  } finally {
    bytes.fill(0);
  }
}

export const noSalt: Buffer = Buffer.alloc(0);
