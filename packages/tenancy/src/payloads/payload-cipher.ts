import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { encodeContext } from "../keys/cell.ts";
import { deriveKey } from "../keys/derive-key.ts";
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

/** Keys that one cipher keeps at a time: those of the payloads that a process meets within a lease have few salts. */
const keptKeys = 64;

/**
 * Seals and opens payloads with one owner's key, AES-256-GCM under keys that come from it (HKDF): one key of the control plane's serves
 * more payloads than one GCM key may. What one cipher seals has one salt, which is the cipher's own; it lives as long as a lease.
 */
export class PayloadCipher {
  readonly #dataKey: Buffer;
  readonly #salt: Buffer = randomBytes(saltBytes);
  readonly #derived = new Map<string, Buffer>();
  #spent = false;

  /** @param dataKey 32 bytes, which are the cipher's from now on */
  constructor(dataKey: Buffer) {
    this.#dataKey = dataKey;
  }

  /** The payload, its metadata included, bound to its owner, the key's version and the run that it names. */
  seal(header: SealedHeader, payload: Payload): Payload {
    const head = Buffer.concat([Buffer.of(format), this.#salt, randomBytes(nonceBytes)]);
    const cipher = createCipheriv("aes-256-gcm", this.#key(this.#salt), nonceOf(head), { authTagLength: tagBytes });
    cipher.setAAD(boundTo(header));
    const data = Buffer.concat([head, cipher.update(packPayload(payload)), cipher.final(), cipher.getAuthTag()]);
    return { metadata: metadataOf(header), data };
  }

  /** Throws UnreadableError unless owner, version, run and every byte are those that were sealed. */
  open(payload: Payload): Payload {
    const header = headerOf(payload);
    const sealed = bufferOf(payload.data);
    if (header === undefined || sealed.length < headerBytes + tagBytes || sealed.readUInt8(0) !== format) {
      throw new UnreadableError("A payload is not in a known format.");
    }
    const head = sealed.subarray(0, headerBytes);
    const decipher = createDecipheriv("aes-256-gcm", this.#key(saltOf(head)), nonceOf(head), { authTagLength: tagBytes });
    decipher.setAAD(boundTo(header));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
      return unpackPayload(Buffer.concat([decipher.update(sealed.subarray(headerBytes, -tagBytes)), decipher.final()]));
    } catch (cause) {
      throw new UnreadableError(`A payload does not open for ${header.owner}.`, { cause });
    }
  }

  /** Overwrites every key that is held. From then on the cipher throws: nothing is ever sealed with zeros. */
  zeroise(): void {
    this.#spent = true;
    for (const key of [this.#dataKey, ...this.#derived.values()]) key.fill(0);
    this.#derived.clear();
  }

  #key(salt: Buffer): KeyObject {
    if (this.#spent) throw new Error("the key of these payloads is not held any more");
    const name = salt.toString("latin1");
    let bytes = this.#derived.get(name);
    if (bytes === undefined) {
      bytes = deriveKey(this.#dataKey, salt, purpose);
      const [oldest] = this.#derived.keys();
      if (oldest !== undefined && this.#derived.size >= keptKeys) {
        this.#derived.get(oldest)?.fill(0);
        this.#derived.delete(oldest);
      }
      this.#derived.set(name, bytes);
    }
    return createSecretKey(bytes);
  }
}

/** Never the run that it is read in: what a schedule holds is encrypted under one workflow id and read under others. */
function boundTo({ owner, version, run }: SealedHeader): Buffer {
  return encodeContext(["leasehold/payload/1", owner, String(version), run]);
}

const saltOf = (head: Buffer) => head.subarray(1, 1 + saltBytes);
const nonceOf = (head: Buffer) => head.subarray(1 + saltBytes, headerBytes);

function bufferOf(bytes: Payload["data"]): Buffer {
  if (!(bytes instanceof Uint8Array)) return Buffer.from(bytes ?? []);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
