import type { TenantScope } from "../context.ts";
import type { Cell } from "./cell.ts";
import { keyVersionOf, openCell, sealCell } from "./column-cipher.ts";
import type { DataKeys } from "./data-keys.ts";

/** Seals text for its cells under the newest data key. */
export async function encryptColumns(
  keys: DataKeys,
  scope: TenantScope,
  cells: readonly (Cell & { text: string })[],
): Promise<{ keyVersion: number; sealed: Buffer[] }> {
  return keys.use(scope, ["newest"], (ring) => ({
    keyVersion: ring.newestVersion,
    sealed: cells.map((cell) => sealCell(ring.key("newest"), ring.newestVersion, scope.tenantId, cell, Buffer.from(cell.text, "utf8"))),
  }));
}

/** Opens cells of any key versions, in order. Throws UnreadableError when one does not authenticate. */
export async function decryptColumns(keys: DataKeys, scope: TenantScope, cells: readonly (Cell & { sealed: Buffer })[]): Promise<string[]> {
  if (cells.length === 0) return [];
  const versions = cells.map((cell) => keyVersionOf(cell.sealed, cell));
  return keys.use(scope, versions, (ring) =>
    cells.map((cell, index) => openCell(ring.key(versions[index] ?? 0), scope.tenantId, cell, cell.sealed).toString("utf8")),
  );
}
