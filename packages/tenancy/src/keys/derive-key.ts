import { hkdfSync } from "node:crypto";
import { encodeContext } from "./cell.ts";

export const dataKeyBytes = 32;

/** A key for one use, from the tenant's data key (HKDF-SHA-256). The caller zeroises it. */
export function deriveKey(dataKey: Buffer, salt: Buffer, purpose: readonly string[]): Buffer {
  return Buffer.from(hkdfSync("sha256", dataKey, salt, encodeContext(["leasehold/key/1", ...purpose]), dataKeyBytes));
}

/** Runs `work` with a derived key and zeroises it after. */
export function withDerivedKey<T>(dataKey: Buffer, salt: Buffer, purpose: readonly string[], work: (key: Buffer) => T): T {
  const key = deriveKey(dataKey, salt, purpose);
  try {
    return work(key);
  } finally {
    key.fill(0);
  }
}

export const noSalt: Buffer = Buffer.alloc(0);
