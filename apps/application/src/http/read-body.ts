import { Readable } from "node:stream";

/** Of a body that nobody wants any more; beyond it the connection is cut. */
const drainBytes = 32 * 1024 * 1024;

/** The request's body, for a reader that may stop early: stopping leaves the connection open, so that the answer arrives. */
export function readBody(body: unknown): { chunks: AsyncIterable<Uint8Array>; drain(): void } {
  const source = body instanceof Readable ? body : Readable.from([]);
  return {
    chunks: { [Symbol.asyncIterator]: () => source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() },
    drain() {
      let left = drainBytes;
      source.on("error", () => undefined);
      source.on("data", (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) source.destroy();
      });
      source.resume();
    },
  };
}
