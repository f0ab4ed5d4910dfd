import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { emitAudit, type SealedAuditDetails } from "../audit/emit-audit.ts";
import { nameTaken } from "../documents/document-row.ts";
import { folders } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { type FolderRow, folderBounds, folderNotFound, listFolders, listPath, requireFolder } from "./find-folder.ts";

export interface NewFolder {
  folderId: string;
  parentId: string | null;
  nameCipher: Buffer;
  nameHmac: Buffer;
  /** The name, for the audit log. */
  auditDetails?: SealedAuditDetails;
}

/** The same id, place and name again is the folder that is there. Throws NOT_FOUND for the parent, CONFLICT (`name-taken`), PRECONDITION_FAILED (`folder-depth`, `folder-full`). */
export async function createFolder(tx: TenantTransaction, ctx: TenantContext, { auditDetails, ...folder }: NewFolder): Promise<FolderRow> {
  if (folder.parentId !== null) {
    await requireFolder(tx, ctx.tenantId, folder.parentId);
    const path = await listPath(tx, ctx.tenantId, folder.parentId);
    if (path.length === 0) throw folderNotFound();
    if (path.length >= folderBounds.depth) {
      throw new DomainError("PRECONDITION_FAILED", `Folders nest at most ${folderBounds.depth} deep.`, { reason: "folder-depth" });
    }
  }
  const siblings = await listFolders(tx, ctx.tenantId, folder.parentId);
  const same = siblings.find(({ folderId }) => folderId === folder.folderId);
  if (same?.nameHmac.equals(folder.nameHmac)) return same;
  if (siblings.length >= folderBounds.children) {
    throw new DomainError("PRECONDITION_FAILED", `A folder holds at most ${folderBounds.children} folders.`, { reason: "folder-full" });
  }
  const [row] = await tx
    .insert(folders)
    .values({ ...folder, tenantId: ctx.tenantId, createdBy: actorRef(ctx.actor) })
    .onConflictDoNothing()
    .returning();
  if (row === undefined) throw nameTaken();
  await emitAudit(tx, ctx, "folder.created", folder.folderId, {}, auditDetails);
  return row;
}
