import { and, asc, eq, gt } from "drizzle-orm";
import type { DocumentRow } from "../documents/document-row.ts";
import type { FolderRow } from "../folders/find-folder.ts";
import { documents, folders } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";

interface Page {
  /** The id of the last one before. */
  after: string;
  limit: number;
}

/** Stored documents of every folder, in the order of their ids. */
export function listExportedDocuments(tx: TenantTransaction, tenantId: string, { after, limit }: Page): PromiseLike<DocumentRow[]> {
  return tx
    .select()
    .from(documents)
    .where(and(eq(documents.tenantId, tenantId), gt(documents.documentId, after), eq(documents.state, "STORED")))
    .orderBy(asc(documents.documentId))
    .limit(limit);
}

/** Folders of every depth, in the order of their ids. */
export function listExportedFolders(tx: TenantTransaction, tenantId: string, { after, limit }: Page): PromiseLike<FolderRow[]> {
  return tx
    .select()
    .from(folders)
    .where(and(eq(folders.tenantId, tenantId), gt(folders.folderId, after)))
    .orderBy(asc(folders.folderId))
    .limit(limit);
}
