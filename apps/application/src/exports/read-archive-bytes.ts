import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { type ArchiveIndex, archiveIndex, stretchesOf } from "./archive-index.ts";
import { readPart } from "./finish-export.ts";

/** The longest index that is taken, in bytes: more parts than any export has. */
const longestIndex = 64 * 1024 * 1024;

/** An export's index and how long its archive is. Throws PRECONDITION_FAILED (`export-unreadable`) when it has gone. */
export async function readIndex(
  kit: TenancyKit,
  app: AppContext,
  exportId: string,
  name: string,
): Promise<{ index: ArchiveIndex; bytes: number }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readPart(kit, app, exportId, name)) {
    length += chunk.length;
    if (length > longestIndex) throw new Error("an export's index is longer than any");
    chunks.push(chunk);
  }
  const index = archiveIndex.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  let bytes = 0;
  for await (const stretch of stretchesOf(index)) bytes += stretch.bytes;
  return { index, bytes };
}

/** The archive's bytes from `first` to `last`, decrypted part by part as they are read. Parts before are passed over unread. */
export async function* readArchiveBytes(
  kit: TenancyKit,
  app: AppContext,
  { exportId, index, first, last }: { exportId: string; index: ArchiveIndex; first: number; last: number },
): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const stretch of stretchesOf(index)) {
    const begin = at;
    at += stretch.bytes;
    if (at <= first) continue;
    if (begin > last) return;
    if ("content" in stretch) {
      yield stretch.content.subarray(Math.max(0, first - begin), last + 1 - begin);
      continue;
    }
    let within = begin;
    for await (const chunk of readPart(kit, app, exportId, stretch.part)) {
      const wanted = chunk.subarray(Math.max(0, first - within), Math.max(0, last + 1 - within));
      within += chunk.length;
      if (wanted.length > 0) yield wanted;
      if (within > last) break;
    }
    if (within < at && within <= last) throw new Error("a part of an export is shorter than it was recorded");
  }
}
