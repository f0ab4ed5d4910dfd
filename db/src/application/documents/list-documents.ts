import { and, desc, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { documentGrams, documents } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import type { DocumentRow } from "./document-row.ts";

export interface DocumentPage {
  /** Ids below this one; newest first. */
  before?: string | undefined;
  limit: number;
}

/** Stored documents of one folder, or of the top when it is null. */
export function listDocuments(
  tx: TenantTransaction,
  tenantId: string,
  folderId: string | null,
  { before, limit }: DocumentPage,
): PromiseLike<DocumentRow[]> {
  const inFolder = folderId === null ? isNull(documents.folderId) : eq(documents.folderId, folderId);
  return tx
    .select()
    .from(documents)
    .where(and(eq(documents.tenantId, tenantId), eq(documents.state, "STORED"), inFolder, pageOf(before)))
    .orderBy(desc(documents.documentId))
    .limit(limit);
}

/**
 * Stored documents, in any folder, that have all of the grams. They may have them in another order: the caller opens the
 * names and filters. Without grams every document is a candidate.
 */
export function searchDocuments(
  tx: TenantTransaction,
  tenantId: string,
  grams: readonly bigint[],
  { before, limit }: DocumentPage,
): PromiseLike<DocumentRow[]> {
  const withAllGrams = tx
    .select({ documentId: documentGrams.documentId })
    .from(documentGrams)
    .where(and(eq(documentGrams.tenantId, tenantId), inArray(documentGrams.gram, [...grams])))
    .groupBy(documentGrams.documentId)
    .having(sql`count(*) = ${grams.length}`);
  return tx
    .select()
    .from(documents)
    .where(
      and(
        eq(documents.tenantId, tenantId),
        eq(documents.state, "STORED"),
        grams.length === 0 ? undefined : inArray(documents.documentId, withAllGrams),
        pageOf(before),
      ),
    )
    .orderBy(desc(documents.documentId))
    .limit(limit);
}

function pageOf(before: string | undefined) {
  return before === undefined ? undefined : lt(documents.documentId, before);
}
