import { extract } from "tar-stream";
import { tarBlockBytes } from "./tar-entry.ts";

/** A file of an archive as it goes by; whoever leaves its chunks unread has them passed over. */
export interface ArchiveFile {
  path: string;
  bytes: number;
  /** `file` is the only one that an export holds. */
  type: string;
  chunks: AsyncIterable<Uint8Array>;
}

/** The archive is not whole: `at` is the file that it breaks off in. */
export class ArchiveBroken extends Error {
  override readonly name = "ArchiveBroken";
}

/**
 * The files of an archive in their order, one at a time; holds nothing but the chunk at hand.
 * Throws ArchiveBroken for what is cut short or is no archive.
 */
export async function* readArchive(source: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveFile> {
  const archive = extract();
  let at = "its beginning";
  let read = 0;
  let ended = false;
  const feeding = feed(source, archive, (bytes, zeros) => {
    read += bytes;
    ended = zeros;
  });
  try {
    for await (const entry of archive) {
      const { name, size, type } = entry.header;
      at = name;
      yield { path: name, bytes: size, type, chunks: chunksOf(entry as AsyncIterable<Uint8Array>, name) };
      entry.resume();
    }
    await feeding;
  } catch (error) {
    if (error instanceof ArchiveBroken || !isOfTar(error)) throw error;
    throw new ArchiveBroken(`the archive is damaged or cut short at ${at}: ${error.message}`, { cause: error });
  } finally {
    archive.destroy();
    await feeding.catch(() => undefined);
  }
  if (read === 0) throw new ArchiveBroken("the archive is empty");
  if (!ended) throw new ArchiveBroken(`the archive has no end: it breaks off after ${at}`);
}

/** What ends within a file ends the archive. */
async function* chunksOf(entry: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* entry;
  } catch (error) {
    if (!isOfTar(error)) throw error;
    throw new ArchiveBroken(`the archive is damaged or cut short at ${path}`, { cause: error });
  }
}

function isOfTar(error: unknown): error is Error {
  return (
    error instanceof Error &&
    /Unexpected end of data|Invalid tar header|Invalid header|Header exceeds|Premature close|Stream was destroyed/i.test(error.message)
  );
}

/** Hands the source on at the reader's pace, and tells whether what came last are the blocks that an archive ends with. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  archive: ReturnType<typeof extract>,
  seen: (bytes: number, endsWithZeros: boolean) => void,
): Promise<void> {
  const wanted = 2 * tarBlockBytes;
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      tail = Buffer.concat([tail, bytes.subarray(-wanted)]).subarray(-wanted);
      seen(bytes.length, tail.length === wanted && tail.every((byte) => byte === 0));
      if (archive.destroyed) return;
      if (!archive.write(bytes)) await drained(archive);
    }
    archive.end(undefined);
  } catch (error) {
    archive.destroy(error as Error);
    throw error;
  }
}

function drained(archive: ReturnType<typeof extract>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      archive.off("drain", done);
      archive.off("close", done);
      resolve();
    };
    archive.on("drain", done);
    archive.on("close", done);
    if (archive.destroyed) done();
  });
}
