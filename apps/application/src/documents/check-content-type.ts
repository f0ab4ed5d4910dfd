import { fileTypeFromBuffer } from "file-type";
import { previewOf, unknownType } from "./content-types.ts";

/** What is looked at: as much as the detection asks for. */
const headBytes = 4_100;

export interface CheckedBody {
  contentType: string;
  /** The body, whole. */
  body: AsyncIterable<Uint8Array>;
}

/**
 * The type that an upload claims, where its first bytes are of it; the unknown type, which nothing shows, where they are of another. Looks at
 * types that pages show, and leaves all others alone. What goes wrong with the body comes out of it as before.
 */
export async function checkContentType(contentType: string, body: AsyncIterable<Uint8Array>): Promise<CheckedBody> {
  const preview = previewOf(contentType);
  if (preview === null) return { contentType, body };
  const rest = body[Symbol.asyncIterator]();
  const begin: Uint8Array[] = [];
  let failure: { error: unknown } | undefined;
  try {
    for (let bytes = 0; bytes < headBytes; bytes += begin.at(-1)?.byteLength ?? 0) {
      const next = await rest.next();
      if (next.done) break;
      begin.push(next.value);
    }
  } catch (error) {
    failure = { error };
  }
  const fits = await isOfType(preview, contentType, Buffer.concat(begin).subarray(0, headBytes));
  return { contentType: fits ? contentType : unknownType, body: whole(begin, rest, failure) };
}

async function isOfType(preview: "text" | "image", contentType: string, head: Buffer): Promise<boolean> {
  const found = (await fileTypeFromBuffer(head).catch(() => undefined))?.mime;
  if (preview === "image") return found === contentType;
  return !head.includes(0) && (found === undefined || found === "application/xml" || found.startsWith("text/"));
}

async function* whole(
  begin: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  failure?: { error: unknown },
): AsyncGenerator<Uint8Array> {
  try {
    yield* begin;
    if (failure) throw failure.error;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
