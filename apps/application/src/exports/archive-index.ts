import { tarBlockBytes, tarHeader, tarPadding } from "@leasehold/archive/tar-entry";
import { z } from "zod";

const part = z.object({ name: z.string(), bytes: z.number().int().min(0) });
export type IndexPart = z.infer<typeof part>;

/** A file that is put together from parts, or parts that hold files already. */
const piece = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), path: z.string(), bytes: z.number().int().min(0), parts: z.array(part) }),
  z.object({ kind: z.literal("files"), parts: z.array(part) }),
]);
export type IndexPiece = z.infer<typeof piece>;

/** What an archive is put together from, in order: kept as an object of the export, encrypted as all of it. */
export const archiveIndex = z.object({ modifiedAt: z.coerce.date(), pieces: z.array(piece) });
export type ArchiveIndex = z.infer<typeof archiveIndex>;

/** A run of the archive's bytes: some that are at hand, or a part. */
export type Stretch = { bytes: number; content: Buffer } | { bytes: number; part: string };

/** The archive as stretches, in order, without its end. */
export async function* stretchesOf({ modifiedAt, pieces }: ArchiveIndex): AsyncGenerator<Stretch> {
  for (const each of pieces) {
    if (each.kind === "file") yield at(await tarHeader({ path: each.path, bytes: each.bytes, modifiedAt }));
    for (const { name, bytes } of each.parts) yield { bytes, part: name };
    if (each.kind === "file") yield at(tarPadding(each.bytes));
  }
  yield at(Buffer.alloc(2 * tarBlockBytes));
}

const at = (content: Buffer): Stretch => ({ bytes: content.length, content });
