import type { EncryptedColumn } from "@leasehold/db/application/keys/encrypted-columns";
import { listUnderOldKeys, replaceSealed, type SealedValue } from "@leasehold/db/application/keys/list-under-old-keys";
import type { TenantScope } from "../context.ts";
import type { TenantData } from "../data/tenant-data.ts";
import { columnKeysOf, keyVersionOf, openCell, sealCell } from "./column-cipher.ts";
import type { DataKeys } from "./data-keys.ts";
import { isKeyLost, isUnopenable } from "./unreadable.ts";

export interface ReencryptedPage {
  /** Values that are under the new version now. */
  done: number;
  /** Values that do not open, and stay as they are. */
  unreadable: number;
  /** Values whose key is lost, which stay as well. */
  lost: number;
  /** The last row of the page; undefined when no row is left. */
  last: string | undefined;
}

const pageSize = 200;

/**
 * Seals one page of a column's values anew, each in the place of the one that it was opened from: what is written meanwhile wins.
 * Idempotent: a value that is under the version already is not looked at.
 */
export async function reencryptColumn(
  { keys, data }: { keys: DataKeys; data: TenantData },
  scope: TenantScope,
  column: EncryptedColumn,
  { version, after }: { version: number; after: string },
): Promise<ReencryptedPage> {
  const page = { belowVersion: version, after, limit: pageSize };
  const found = await data.query(scope, "read", (tx) => listUnderOldKeys(tx, scope.tenantId, column, page));
  const resealed = await resealAll(keys, scope, column, version, found);
  const changed = resealed.filter((value) => typeof value === "object");
  const counted = (what: typeof unreadable | typeof keyLost) => resealed.filter((value) => value === what).length;
  const done = changed.length === 0 ? 0 : await data.query(scope, "write", (tx) => replaceSealed(tx, scope.tenantId, column, changed));
  return { done, unreadable: counted(unreadable), lost: counted(keyLost), last: found.length < pageSize ? undefined : found.at(-1)?.rowId };
}

const unreadable = "unreadable";
const keyLost = "key-lost";
type Resealed = SealedValue & { from: Buffer };
type Outcome = Resealed | typeof unreadable | typeof keyLost;

/** At once when all of them open; otherwise one by one, so that a value that does not open keeps no other. */
async function resealAll(
  keys: DataKeys,
  scope: TenantScope,
  column: EncryptedColumn,
  version: number,
  values: readonly SealedValue[],
): Promise<Outcome[]> {
  try {
    return await reseal(keys, scope, column, version, values);
  } catch (error) {
    if (!isUnopenable(error)) throw error;
    if (values.length === 1) return [isKeyLost(error) ? keyLost : unreadable];
    const singly: Outcome[] = [];
    for (const value of values) singly.push(...(await resealAll(keys, scope, column, version, [value])));
    return singly;
  }
}

function reseal(keys: DataKeys, scope: TenantScope, column: EncryptedColumn, version: number, values: readonly SealedValue[]) {
  const { tenantId } = scope;
  const cells = values.map(({ rowId, sealed }) => ({ sealed, cell: { ...column.cell, rowId } }));
  const versions = cells.map(({ sealed, cell }) => keyVersionOf(sealed, cell));
  return keys.use(scope, [...versions, version], (ring) => {
    const keyOf = columnKeysOf(ring);
    return cells.map(({ sealed, cell }, index): Resealed => {
      const plaintext = openCell(keyOf(versions[index] ?? 0), tenantId, cell, sealed);
      const next = sealCell(keyOf(version), version, tenantId, cell, plaintext);
      plaintext.fill(0);
      return { rowId: cell.rowId, from: sealed, sealed: next };
    });
  });
}
