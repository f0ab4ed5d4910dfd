import { listBodiesUnderOldKeys, moveBody } from "@leasehold/db/application/documents/move-body";
import { encryptedColumns } from "@leasehold/db/application/keys/encrypted-columns";
import type { NamedTable } from "@leasehold/db/application/keys/name-index";
import { isDomainError } from "@leasehold/domain/errors";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { reencryptBody } from "@leasehold/tenancy/keys/reencrypt-body";
import { reencryptColumn } from "@leasehold/tenancy/keys/reencrypt-column";
import { isKeyLost, UnreadableError } from "@leasehold/tenancy/keys/unreadable";
import type { Logger } from "@leasehold/tenancy/logger";
import { sweepUnfinished } from "../documents/remove-body.ts";
import { reindexPage } from "./reindex-page.ts";

/**
 * A part is an encrypted column, by its place in the register; behind them are the bodies, and behind these, where the index key was made
 * anew, what has names.
 */
export interface ReencryptionCursor {
  part: number;
  after: string;
}

export interface ReencryptedPart {
  cells: number;
  bodies: number;
  /** What does not open, or not now: it stays as it is, and the old key with it. */
  unreadable: number;
  /** What is under a key that is lost: it stays as it is, and keeps nothing. */
  lost: number;
  /** Names that are found again by an index key that was made anew. */
  indexed: number;
  cursor: ReencryptionCursor | undefined;
}

const bodiesPart = encryptedColumns.length;
const namedTables = ["documents", "folders"] as const;
export const lastPart = bodiesPart + namedTables.length;

/** Milliseconds after which a page of bodies ends; one at least is moved. */
const bodyBudgetMs = 4_000;
const bodiesListed = 20;

/** Idempotent by the version: what is under it already is passed over. Holds one page of values, or one part of one body, at a time. */
export async function reencryptPage(
  kit: TenancyKit,
  app: AppContext,
  log: Logger,
  { version, cursor = { part: 0, after: "" } }: { version: number; cursor?: ReencryptionCursor | undefined },
): Promise<ReencryptedPart> {
  const { part, after } = cursor;
  const column = encryptedColumns[part];
  const named = namedTables[part - bodiesPart - 1];
  if (named !== undefined) return reindexNames(kit, app, log, named, cursor);
  if (column === undefined) return reencryptBodies(kit, app, log, { version, after });
  const { done, unreadable, lost, last } = await reencryptColumn(kit, app, column, { version, after });
  if (unreadable > 0) log.error({ table: column.table, column: column.column, unreadable }, "stored values do not open");
  const next = last === undefined ? { part: part + 1, after: "" } : { part, after: last };
  return { cells: done, bodies: 0, unreadable, lost, indexed: 0, cursor: next };
}

async function reindexNames(
  kit: TenancyKit,
  app: AppContext,
  log: Logger,
  table: NamedTable,
  { part, after }: ReencryptionCursor,
): Promise<ReencryptedPart> {
  const { indexed, taken, last } = await reindexPage(kit, app, table, after);
  if (taken > 0) log.warn({ table, taken }, "names were taken by others while the index key was lost");
  const behind = part === lastPart ? undefined : { part: part + 1, after: "" };
  return { cells: 0, bodies: 0, unreadable: 0, lost: 0, indexed, cursor: last === undefined ? behind : { part, after: last } };
}

/** Nothing has to be found again by an index key that is the tenant's first. */
async function afterBodies({ keys }: TenancyKit, app: AppContext): Promise<ReencryptionCursor | undefined> {
  const version = await keys.use(app, ["index"], ({ indexVersion }) => indexVersion);
  return version > 1 ? { part: bodiesPart + 1, after: "" } : undefined;
}

async function reencryptBodies(
  kit: TenancyKit,
  app: AppContext,
  log: Logger,
  { version, after }: { version: number; after: string },
): Promise<ReencryptedPart> {
  const { data, objects } = kit;
  const page = { belowVersion: version, after, limit: bodiesListed };
  const rows = await data.query(app, "read", (tx) => listBodiesUnderOldKeys(tx, app.tenantId, page));
  const until = Date.now() + bodyBudgetMs;
  const part = { cells: 0, bodies: 0, unreadable: 0, lost: 0, indexed: 0 };
  let last = after;
  for (const { documentId, objectKey } of rows) {
    if (last !== after && Date.now() > until) return { ...part, cursor: { part: bodiesPart, after: last } };
    const place = { objectKey, nextId: `documents/${documentId}/v${version}` };
    const move = (to: string) =>
      data.transaction(app, "write", (tx) => moveBody(tx, app.tenantId, { documentId, from: objectKey, to, keyVersion: version }));
    try {
      if ((await reencryptBody(objects, app, place, version, move)) === "moved") part.bodies += 1;
    } catch (error) {
      if (isKeyLost(error)) part.lost += 1;
      else if (isUnreadable(error)) {
        part.unreadable += 1;
        log.error({ documentId, err: error }, "a stored body does not open");
      } else throw error;
    }
    last = documentId;
  }
  // What a crash cut short is under the old key for as long as it lies there.
  if (rows.length < bodiesListed) {
    await sweepUnfinished(kit, app);
    return { ...part, cursor: await afterBodies(kit, app) };
  }
  return { ...part, cursor: { part: bodiesPart, after: last } };
}

/** A body that is not there was removed meanwhile, or is lost: the inventory tells which. */
function isUnreadable(error: unknown): boolean {
  return error instanceof UnreadableError || (isDomainError(error) && error.code === "NOT_FOUND");
}
