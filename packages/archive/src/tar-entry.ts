import { once } from "node:events";
import { pack } from "tar-stream";

export const tarBlockBytes = 512;
/** What an archive ends with. */
export const tarEnd: Buffer = Buffer.alloc(2 * tarBlockBytes);

export interface TarEntry {
  path: string;
  bytes: number;
  modifiedAt: Date;
}

/** Headers of one file, in the PAX form where the plain one does not hold its name. Throws for what no header holds. */
export async function tarHeader({ path, bytes, modifiedAt }: TarEntry): Promise<Buffer> {
  const archive = pack();
  const ignore = () => undefined;
  archive.on("error", ignore);
  archive.entry({ name: path, size: bytes, mtime: modifiedAt, mode: 0o600, type: "file" }, ignore).on("error", ignore);
  await once(archive, "readable");
  const chunks: Buffer[] = [];
  for (let chunk = archive.read(); chunk !== null; chunk = archive.read()) chunks.push(chunk as Buffer);
  archive.destroy();
  const header = Buffer.concat(chunks);
  if (header.length === 0 || header.length % tarBlockBytes !== 0) throw new Error("a header of the archive was not made");
  return header;
}

/** What fills a file's last block. */
export function tarPadding(bytes: number): Buffer {
  return tarEnd.subarray(0, (tarBlockBytes - (bytes % tarBlockBytes)) % tarBlockBytes);
}
