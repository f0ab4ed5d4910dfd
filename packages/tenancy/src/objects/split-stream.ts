/** A block and whether the source ended with it. */
export interface Block {
  bytes: Buffer;
  last: boolean;
}

/**
 * Cuts a stream into blocks of exactly `size` bytes; the last may be shorter, and is empty only when the source is. Holds
 * one block and one chunk of the source at a time.
 */
export async function* splitStream(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Block> {
  let pending: Buffer[] = [];
  let held = 0;
  for await (const chunk of source) {
    pending.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    held += chunk.byteLength;
    if (held <= size) continue;
    let joined = Buffer.concat(pending);
    for (; joined.length > size; joined = joined.subarray(size)) yield { bytes: joined.subarray(0, size), last: false };
    pending = [joined];
    held = joined.length;
  }
  yield { bytes: Buffer.concat(pending), last: true };
}
