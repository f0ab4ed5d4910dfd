import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeyPurpose } from "@leasehold/db/keyring/schema/data-keys";
import type { TenantId } from "@leasehold/domain/ids";
import { encodeContext } from "./cell.ts";
import { dataKeyBytes, noSalt, withDerivedKey } from "./derive-key.ts";

/** Which data key it is, and under which epoch. All of it is authenticated. */
export interface EpochIdentity {
  tenantId: TenantId;
  purpose: KeyPurpose;
  version: number;
  pool: string;
  epoch: number;
}

/** Layout: format (1 byte), nonce (12), the wrapped key (32), tag (16). */
const format = 1;
const nonceBytes = 12;
const tagBytes = 16;
export const wrappedBytes: number = 1 + nonceBytes + dataKeyBytes + tagBytes;

/** AES-256-GCM under a key that is derived from the branch key for one tenant, purpose and epoch. Neither key is kept or zeroised. */
export function wrapUnderBranch(branchKey: Buffer, identity: EpochIdentity, dataKey: Buffer): Buffer {
  if (dataKey.length !== dataKeyBytes) throw new Error("A data key has 32 bytes.");
  const head = Buffer.concat([Buffer.of(format), randomBytes(nonceBytes)]);
  return withDerivedKey(branchKey, noSalt, purposeOf(identity), (key) => {
    const cipher = createCipheriv("aes-256-gcm", key, head.subarray(1), { authTagLength: tagBytes });
    cipher.setAAD(contextOf(identity));
    return Buffer.concat([head, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
  });
}

/** The data key itself, 32 bytes; the caller zeroises it. Throws unless tenant, purpose, version, pool, epoch and every byte are those that were wrapped. */
export function unwrapUnderBranch(branchKey: Buffer, identity: EpochIdentity, wrapped: Buffer): Buffer {
  if (wrapped.length !== wrappedBytes || wrapped.readUInt8(0) !== format) throw new Error("a wrapped key is not in a known format");
  return withDerivedKey(branchKey, noSalt, purposeOf(identity), (key) => {
    const decipher = createDecipheriv("aes-256-gcm", key, wrapped.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(contextOf(identity));
    decipher.setAuthTag(wrapped.subarray(-tagBytes));
    const opened = decipher.update(wrapped.subarray(1 + nonceBytes, -tagBytes));
    try {
      decipher.final();
      return opened;
    } catch (cause) {
      opened.fill(0);
      throw new Error("a wrapped key does not open for its tenant, purpose, version and epoch", { cause });
    }
  });
}

function purposeOf({ tenantId, purpose, pool, epoch }: EpochIdentity): string[] {
  return ["epoch", tenantId, purpose, pool, String(epoch)];
}

function contextOf({ tenantId, purpose, version, pool, epoch }: EpochIdentity): Buffer {
  return encodeContext(["leasehold/epoch/1", tenantId, purpose, String(version), pool, String(epoch)]);
}
