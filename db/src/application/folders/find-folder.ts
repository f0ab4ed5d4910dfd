import { DomainError } from "@leasehold/domain/errors";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { folders } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";

export type FolderRow = typeof folders.$inferSelect;

/** How deep folders nest, and how many one holds. */
export const folderBounds = { depth: 20, children: 500 } as const;

export function folderNotFound(): DomainError {
  return new DomainError("NOT_FOUND", "There is no such folder.", { reason: "folder-unknown" });
}

/** Throws NOT_FOUND. */
export async function findFolder(tx: TenantTransaction, tenantId: string, folderId: string): Promise<FolderRow> {
  const [row] = await tx
    .select()
    .from(folders)
    .where(and(eq(folders.folderId, folderId), eq(folders.tenantId, tenantId)));
  if (row === undefined) throw folderNotFound();
  return row;
}

/** Holds the folder until the transaction ends, so that it is not deleted while something is put into it. Throws NOT_FOUND. */
export async function requireFolder(tx: TenantTransaction, tenantId: string, folderId: string): Promise<void> {
  const [row] = await tx
    .select({ folderId: folders.folderId })
    .from(folders)
    .where(and(eq(folders.tenantId, tenantId), eq(folders.folderId, folderId)))
    .for("key share");
  if (row === undefined) throw folderNotFound();
}

/** The folder and those around it, outermost first. Empty when there is no such folder. */
export async function listPath(
  tx: TenantTransaction,
  tenantId: string,
  folderId: string,
): Promise<Pick<FolderRow, "folderId" | "nameCipher">[]> {
  const { rows } = await tx.execute<{ folder_id: string; name_cipher: Buffer }>(sql`
    WITH RECURSIVE up AS (
      SELECT f.folder_id, f.parent_id, f.name_cipher, 1 AS depth FROM app.folders f WHERE f.tenant_id = ${tenantId} AND f.folder_id = ${folderId}
      UNION ALL
      SELECT f.folder_id, f.parent_id, f.name_cipher, up.depth + 1 FROM app.folders f
        JOIN up ON f.folder_id = up.parent_id WHERE f.tenant_id = ${tenantId} AND up.depth < ${folderBounds.depth}
    )
    SELECT folder_id, name_cipher FROM up ORDER BY depth DESC`);
  return rows.map((row) => ({ folderId: row.folder_id, nameCipher: row.name_cipher }));
}

/** The folders directly in one, or at the top when it is null. */
export function listFolders(tx: TenantTransaction, tenantId: string, parentId: string | null): PromiseLike<FolderRow[]> {
  return tx
    .select()
    .from(folders)
    .where(and(eq(folders.tenantId, tenantId), parentId === null ? isNull(folders.parentId) : eq(folders.parentId, parentId)))
    .orderBy(asc(folders.folderId))
    .limit(folderBounds.children);
}
