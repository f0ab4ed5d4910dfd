import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { encodeContext } from "./cell.ts";

export const dataKeyBytes = 32;

/** A key for one use, 32 bytes, from the tenant's data key (HKDF-SHA-256); the caller zeroises it. */
export function deriveKey(dataKey: Buffer, salt: Buffer, purpose: readonly string[]): Buffer {
  const info = encodeContext(["leasehold/key/1", ...purpose]);
  return Buffer.from(hkdfSync("sha256", createSecretKey(dataKey), salt, info, dataKeyBytes));
}

/**
 * A key as `deriveKey` makes it, whose bytes are zeroised. Node's ciphers take a KeyObject in a fraction of the time that bytes cost;
 * OpenSSL clears what it copied as the object is freed: it is for one piece of work.
 */
export function derivedKeyObject(dataKey: Buffer, salt: Buffer, purpose: readonly string[]): KeyObject {
  const bytes = deriveKey(dataKey, salt, purpose);
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

/** Runs `work` with a key for one use. */
export function withDerivedKey<T>(dataKey: Buffer, salt: Buffer, purpose: readonly string[], work: (key: KeyObject) => T): T {
  return work(derivedKeyObject(dataKey, salt, purpose));
}

export const noSalt: Buffer = Buffer.alloc(0);
