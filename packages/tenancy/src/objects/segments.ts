import { createCipheriv, createDecipheriv } from "node:crypto";
import type { TenantId } from "@leasehold/domain/ids";
import { encodeContext } from "../keys/cell.ts";
import { withDerivedKey } from "../keys/derive-key.ts";
import { UnreadableError } from "../keys/unreadable.ts";

/** Bytes of plaintext in every segment but the last. */
export const segmentBytes = 64 * 1024;
export const tagBytes = 16;
export const saltBytes = 32;
const format = 1;
const magic = Buffer.from("LHO");
/** Magic (3 bytes), format (1), key version (4), salt (32). The salt makes the body's key its own. */
export const headerBytes = magic.length + 1 + 4 + saltBytes;

export interface BodyHeader {
  bytes: Buffer;
  keyVersion: number;
  salt: Buffer;
}

/** One segment's place: a segment of another body, in another order, or after a lost end does not open. */
export interface SegmentPlace {
  tenantId: TenantId;
  objectKey: string;
  index: number;
  final: boolean;
}

export function makeHeader(keyVersion: number, salt: Buffer): BodyHeader {
  const fields = Buffer.alloc(5);
  fields.writeUInt8(format, 0);
  fields.writeUInt32BE(keyVersion, 1);
  return { bytes: Buffer.concat([magic, fields, salt]), keyVersion, salt };
}

export function readHeader(bytes: Buffer): BodyHeader {
  if (bytes.length !== headerBytes || !bytes.subarray(0, 3).equals(magic) || bytes.readUInt8(3) !== format) {
    throw new UnreadableError("A stored body is not in a known format.");
  }
  return { bytes, keyVersion: bytes.readUInt32BE(4), salt: bytes.subarray(8) };
}

export function sealSegment(dataKey: Buffer, header: BodyHeader, place: SegmentPlace, plaintext: Buffer): Buffer {
  return withDerivedKey(dataKey, header.salt, ["objects"], (key) => {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(place), { authTagLength: tagBytes });
    cipher.setAAD(contextOf(header, place));
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  });
}

/** Throws UnreadableError when the segment was changed, moved, or is not the last although the body ends with it. */
export function openSegment(dataKey: Buffer, header: BodyHeader, place: SegmentPlace, sealed: Buffer): Buffer {
  if (sealed.length < tagBytes) throw new UnreadableError("A stored body ends within a segment.");
  return withDerivedKey(dataKey, header.salt, ["objects"], (key) => {
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(place), { authTagLength: tagBytes });
    decipher.setAAD(contextOf(header, place));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
    } catch (cause) {
      throw new UnreadableError(`Segment ${place.index} of a stored body does not open.`, { cause });
    }
  });
}

/** Unique under the body's own key: the segment's number and whether it is the last. */
function nonceOf({ index, final }: SegmentPlace): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce.writeUInt8(final ? 1 : 0, 11);
  return nonce;
}

function contextOf(header: BodyHeader, { tenantId, objectKey, index, final }: SegmentPlace): Buffer {
  const position = encodeContext(["leasehold/object/1", tenantId, objectKey, String(index), final ? "final" : "more"]);
  return Buffer.concat([header.bytes, position]);
}
