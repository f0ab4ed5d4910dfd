import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { and, eq, ne } from "drizzle-orm";
import { emitAudit } from "../audit/emit-audit.ts";
import { documents, folders } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { folderNotFound } from "./find-folder.ts";

/**
 * Deletes an empty folder. What is in one is never deleted with it: a document is deleted by its own name.
 * Throws NOT_FOUND, and PRECONDITION_FAILED (`folder-not-empty`), also while something is being uploaded into it.
 */
export async function deleteFolder(tx: TenantTransaction, ctx: TenantContext, folderId: string): Promise<void> {
  const { tenantId } = ctx;
  const own = and(eq(folders.tenantId, tenantId), eq(folders.folderId, folderId));
  const [found] = await tx.select({ folderId: folders.folderId }).from(folders).where(own).for("update");
  if (found === undefined) throw folderNotFound();
  const [document] = await tx
    .select({ id: documents.documentId })
    .from(documents)
    .where(and(eq(documents.tenantId, tenantId), eq(documents.folderId, folderId), ne(documents.state, "DELETING")))
    .limit(1);
  const [child] = await tx
    .select({ id: folders.folderId })
    .from(folders)
    .where(and(eq(folders.tenantId, tenantId), eq(folders.parentId, folderId)))
    .limit(1);
  if (document !== undefined || child !== undefined) {
    throw new DomainError("PRECONDITION_FAILED", "The folder is not empty. Delete what is in it first.", { reason: "folder-not-empty" });
  }
  await tx.delete(folders).where(own);
  await emitAudit(tx, ctx, "folder.deleted", folderId);
}
