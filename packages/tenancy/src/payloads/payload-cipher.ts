import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { encodeContext } from "../keys/cell.ts";
import { withDerivedKey } from "../keys/derive-key.ts";
import { UnreadableError } from "../keys/unreadable.ts";
import { headerOf, metadataOf, type SealedHeader } from "./key-id.ts";
import { type Payload, packPayload, unpackPayload } from "./payload.ts";

/** Layout: format (1 byte), salt (16), nonce (12), ciphertext, tag (16). */
const format = 1;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + saltBytes + nonceBytes;
const purpose = ["payloads"];

/**
 * AES-256-GCM of one payload, its metadata included, under a key of its own that comes from the owner's: one key of the control plane's
 * serves more payloads than one GCM key may. Bound to the owner, the key's version and the run that it names.
 */
export function sealPayload(dataKey: Buffer, header: SealedHeader, payload: Payload): Payload {
  const head = Buffer.concat([Buffer.of(format), randomBytes(saltBytes + nonceBytes)]);
  const data = withDerivedKey(dataKey, saltOf(head), purpose, (key) => {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(head), { authTagLength: tagBytes });
    cipher.setAAD(boundTo(header));
    return Buffer.concat([head, cipher.update(packPayload(payload)), cipher.final(), cipher.getAuthTag()]);
  });
  return { metadata: metadataOf(header), data };
}

/** Throws UnreadableError unless owner, version, run and every byte are those that were sealed. */
export function openPayload(dataKey: Buffer, payload: Payload): Payload {
  const header = headerOf(payload);
  const sealed = Buffer.from(payload.data ?? []);
  if (header === undefined || sealed.length < headerBytes + tagBytes || sealed.readUInt8(0) !== format) {
    throw new UnreadableError("A payload is not in a known format.");
  }
  const head = sealed.subarray(0, headerBytes);
  return withDerivedKey(dataKey, saltOf(head), purpose, (key) => {
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(head), { authTagLength: tagBytes });
    decipher.setAAD(boundTo(header));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
      return unpackPayload(Buffer.concat([decipher.update(sealed.subarray(headerBytes, -tagBytes)), decipher.final()]));
    } catch (cause) {
      throw new UnreadableError(`A payload does not open for ${header.owner}.`, { cause });
    }
  });
}

/** Never the run that it is read in: what a schedule holds is encrypted under one workflow id and read under others. */
function boundTo({ owner, version, run }: SealedHeader): Buffer {
  return encodeContext(["leasehold/payload/1", owner, String(version), run]);
}

const saltOf = (head: Buffer) => head.subarray(1, 1 + saltBytes);
const nonceOf = (head: Buffer) => head.subarray(1 + saltBytes, headerBytes);
