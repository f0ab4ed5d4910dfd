import type { TenantScope } from "../context.ts";
import type { DataKeys } from "../keys/data-keys.ts";
import { type BodyHeader, headerBytes, openSegment, readHeader, segmentBytes, tagBytes } from "./segments.ts";
import { splitStream } from "./split-stream.ts";

/**
 * Decrypts a body as it flows, one authenticated segment after the other. Throws UnreadableError at the first that was
 * changed or moved, and at the end of a body that was cut short.
 */
export async function* openBody(
  keys: DataKeys,
  scope: TenantScope,
  objectKey: string,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const { header, rest } = await takeHeader(sealed);
  let index = 0;
  for await (const { bytes, last } of splitStream(rest, segmentBytes + tagBytes)) {
    const place = { tenantId: scope.tenantId, objectKey, index, final: last };
    yield await keys.use(scope, [header.keyVersion], (ring) => openSegment(ring.key(header.keyVersion), header, place, bytes));
    index += 1;
  }
}

async function takeHeader(sealed: AsyncIterable<Uint8Array>): Promise<{ header: BodyHeader; rest: AsyncIterable<Uint8Array> }> {
  const chunks = sealed[Symbol.asyncIterator]();
  let taken = Buffer.alloc(0);
  while (taken.length < headerBytes) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    taken = Buffer.concat([taken, value]);
  }
  const rest = async function* () {
    try {
      yield taken.subarray(headerBytes);
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  };
  return { header: readHeader(taken.subarray(0, headerBytes)), rest: rest() };
}
