import { randomBytes } from "node:crypto";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { objectKeyOf } from "@leasehold/tenancy/objects/tenant-objects";

/** An object of an export: one number's piece of a section. */
export interface WrittenPart {
  section: string;
  number: number;
  name: string;
  bytes: number;
  keyVersion: number;
}

/** Parts of an export are below its id, so that they are found and deleted together. */
export function partKey(app: AppContext, exportId: string, name: string): string {
  return objectKeyOf(app, `exports/${exportId}/${name}`);
}

/**
 * Stores a piece of an export under the tenant's key, bound to the export and to the part's own name. A piece that is built twice has
 * two names, and the one that was recorded counts: an attempt that comes late replaces nothing.
 */
export async function writePart(
  kit: TenancyKit,
  app: AppContext,
  place: { exportId: string; section: string; number: number },
  content: AsyncIterable<Uint8Array>,
): Promise<WrittenPart> {
  const { exportId, section, number } = place;
  const name = `${section}_${number}_${randomBytes(8).toString("hex")}`;
  const stored = await kit.objects.put(app, partKey(app, exportId, name), content);
  return { section, number, name, ...stored };
}

export async function* textOf(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line, "utf8");
}

export const ndjson = (values: readonly unknown[]): string[] => values.map((value) => `${JSON.stringify(value)}\n`);
