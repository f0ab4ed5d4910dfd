import type { TenantScope } from "../context.ts";
import type { Cell } from "./cell.ts";
import { columnKeysOf, keyVersionOf, openCell, sealCell } from "./column-cipher.ts";
import type { DataKeys } from "./data-keys.ts";
import { isKeyLost } from "./unreadable.ts";

/** Seals text for its cells under the newest data key. */
export async function encryptColumns(
  keys: DataKeys,
  scope: TenantScope,
  cells: readonly (Cell & { text: string })[],
): Promise<{ keyVersion: number; sealed: Buffer[] }> {
  return keys.use(scope, ["newest"], (ring) => {
    const keyOf = columnKeysOf(ring);
    const keyVersion = ring.newestVersion;
    const seal = (cell: (typeof cells)[number]) =>
      sealCell(keyOf("newest"), keyVersion, scope.tenantId, cell, Buffer.from(cell.text, "utf8"));
    return { keyVersion, sealed: cells.map(seal) };
  });
}

/** Opens cells of any key versions, in order. Throws UnreadableError when one does not authenticate, and PRECONDITION_FAILED (`key-lost`). */
export async function decryptColumns(keys: DataKeys, scope: TenantScope, cells: readonly (Cell & { sealed: Buffer })[]): Promise<string[]> {
  if (cells.length === 0) return [];
  const versions = cells.map((cell) => keyVersionOf(cell.sealed, cell));
  return keys.use(scope, versions, (ring) => {
    const keyOf = columnKeysOf(ring);
    return cells.map((cell, index) => openCell(keyOf(versions[index] ?? 0), scope.tenantId, cell, cell.sealed).toString("utf8"));
  });
}

/** As `decryptColumns`, but goes on where a version of the key is lost: those cells are undefined. */
export async function decryptKnownColumns(
  keys: DataKeys,
  scope: TenantScope,
  cells: readonly (Cell & { sealed: Buffer })[],
): Promise<(string | undefined)[]> {
  try {
    return await decryptColumns(keys, scope, cells);
  } catch (error) {
    if (!isKeyLost(error)) throw error;
  }
  const versions = cells.map((cell) => keyVersionOf(cell.sealed, cell));
  const lost = await findLostVersions(keys, scope, versions);
  const known = cells.filter((_, index) => !lost.has(versions[index] ?? 0));
  const texts = (await decryptColumns(keys, scope, known)).values();
  return versions.map((version) => (lost.has(version) ? undefined : texts.next().value));
}

/** Those of the versions whose keys are lost. Throws as `DataKeys.use` does for others that do not open. */
export async function findLostVersions(keys: DataKeys, scope: TenantScope, versions: Iterable<number>): Promise<Set<number>> {
  const lost = new Set<number>();
  for (const version of new Set(versions)) {
    await keys
      .use(scope, [version], () => undefined)
      .catch((error: unknown) => {
        if (!isKeyLost(error)) throw error;
        lost.add(version);
      });
  }
  return lost;
}
