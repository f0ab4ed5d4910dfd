import { type DocumentPage, listDocuments, searchDocuments } from "@leasehold/db/application/documents/list-documents";
import { folderNotFound, listFolders, listPath } from "@leasehold/db/application/folders/find-folder";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { normalizeName } from "@leasehold/tenancy/keys/name-index";
import { type DocumentView, type FolderView, indexName, openDocuments, openFolders } from "./document-cells.ts";

export const pageSize = 50;
/** Candidates that one search looks through at most before it answers with a cursor. */
const searchBatch = 250;

export interface DocumentList {
  /** From the top to the folder that was asked for; empty at the top and in searches. */
  path: FolderView[];
  /** With the first page only. */
  folders: FolderView[];
  documents: DocumentView[];
  /** For the next page; null when this is the last. */
  nextCursor: string | null;
}

/** One folder, or the top: folders first by name, then documents, newest first. Throws NOT_FOUND for the folder. */
export async function listFolderPage(
  { data, keys }: TenancyKit,
  app: AppContext,
  { folderId, cursor }: { folderId: string | null; cursor: string | undefined },
): Promise<DocumentList> {
  const page = { before: cursor, limit: pageSize + 1 };
  const { tenantId } = app;
  const found = await data.transaction(app, "read", async (tx) => {
    const [path, folders, rows] = await Promise.all([
      folderId === null ? [] : listPath(tx, tenantId, folderId),
      cursor === undefined ? listFolders(tx, tenantId, folderId) : [],
      listDocuments(tx, tenantId, folderId, page),
    ]);
    return { path, folders, rows };
  });
  if (folderId !== null && found.path.length === 0) throw folderNotFound();
  const rows = found.rows.slice(0, pageSize);
  const [path, folders, documents] = await Promise.all([
    openFolders(keys, app, found.path),
    openFolders(keys, app, found.folders),
    openDocuments(keys, app, rows),
  ]);
  folders.sort((one, other) => one.name.localeCompare(other.name, "und", { numeric: true }));
  return { path, folders, documents, nextCursor: found.rows.length > pageSize ? (rows.at(-1)?.documentId ?? null) : null };
}

/** Documents of every folder whose name holds the text, newest first. A page may hold few, or none, and still not be the last. */
export async function searchPage(
  { data, keys }: TenancyKit,
  app: AppContext,
  { search, cursor }: { search: string; cursor: string | undefined },
): Promise<DocumentList> {
  const { grams } = await indexName(keys, app, search);
  const page: DocumentPage = { before: cursor, limit: searchBatch };
  const rows = await data.query(app, "read", (tx) => searchDocuments(tx, app.tenantId, grams, page));
  const wanted = normalizeName(search);
  // What a lost name was found by is still known: without that, nothing speaks for it.
  const matches = ({ name, nameLost }: DocumentView) => (nameLost ? grams.length > 0 : normalizeName(name).includes(wanted));
  const matching = (await openDocuments(keys, app, rows)).filter(matches);
  const documents = matching.slice(0, pageSize);
  const last =
    matching.length > pageSize ? documents.at(-1)?.documentId : rows.length === searchBatch ? rows.at(-1)?.documentId : undefined;
  return { path: [], folders: [], documents, nextCursor: last ?? null };
}
