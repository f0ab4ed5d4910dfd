import { and, asc, eq, gt, ne, sql } from "drizzle-orm";
import { writeGrams } from "../documents/write-grams.ts";
import { documents, folders } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";

/** What has names that are found by the index key. */
export type NamedTable = "documents" | "folders";

/** A name as it is stored: sealed, and as the HMAC that it is told from others by. */
export interface StoredName {
  rowId: string;
  nameCipher: Buffer;
  nameHmac: Buffer;
}

/** What a name is found by under another index key. Grams are those of documents, and left out for folders. */
export interface NewIndex extends StoredName {
  grams: readonly bigint[];
}

/** A page of names, in the order of their rows. */
export function listNames(
  tx: TenantTransaction,
  tenantId: string,
  table: NamedTable,
  { after, limit }: { after: string; limit: number },
): Promise<StoredName[]> {
  if (table === "folders") {
    return tx
      .select({ rowId: folders.folderId, nameCipher: folders.nameCipher, nameHmac: folders.nameHmac })
      .from(folders)
      .where(and(eq(folders.tenantId, tenantId), gt(folders.folderId, after)))
      .orderBy(asc(folders.folderId))
      .limit(limit);
  }
  return tx
    .select({ rowId: documents.documentId, nameCipher: documents.nameCipher, nameHmac: documents.nameHmac })
    .from(documents)
    .where(and(eq(documents.tenantId, tenantId), gt(documents.documentId, after), ne(documents.state, "DELETING")))
    .orderBy(asc(documents.documentId))
    .limit(limit);
}

/**
 * Has a name found by its new HMAC and grams; one that was changed meanwhile stays as it is. Throws CONFLICT (`already-exists`) where
 * another of that name is beside it.
 */
export async function putIndex(
  tx: TenantTransaction,
  tenantId: string,
  table: NamedTable,
  { rowId, nameCipher, nameHmac, grams }: NewIndex,
): Promise<"put" | "changed"> {
  if (table === "folders") {
    const same = and(eq(folders.tenantId, tenantId), eq(folders.folderId, rowId), eq(folders.nameCipher, nameCipher));
    const { rowCount } = await tx.update(folders).set({ nameHmac }).where(same);
    return rowCount === 1 ? "put" : "changed";
  }
  const { rowCount } = await tx.update(documents).set({ nameHmac }).where(sameDocument(tenantId, { rowId, nameCipher }));
  if (rowCount !== 1) return "changed";
  await putGrams(tx, tenantId, { rowId, nameCipher, grams });
  return "put";
}

/** Has a document that is stored found by its new grams alone, and leaves the HMAC that it is told from others by. */
export async function putGrams(
  tx: TenantTransaction,
  tenantId: string,
  { rowId, nameCipher, grams }: Omit<NewIndex, "nameHmac">,
): Promise<void> {
  const stored = and(sameDocument(tenantId, { rowId, nameCipher }), eq(documents.state, "STORED"));
  const locked = await tx.select({ one: sql`1` }).from(documents).where(stored).for("update");
  if (locked.length === 1) await writeGrams(tx, tenantId, rowId, grams);
}

function sameDocument(tenantId: string, { rowId, nameCipher }: Pick<StoredName, "rowId" | "nameCipher">) {
  return and(eq(documents.tenantId, tenantId), eq(documents.documentId, rowId), eq(documents.nameCipher, nameCipher));
}
