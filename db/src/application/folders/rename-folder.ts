import type { TenantContext } from "@leasehold/domain/context";
import { and, eq, sql } from "drizzle-orm";
import { emitAudit } from "../audit/emit-audit.ts";
import type { NewName } from "../documents/rename-document.ts";
import { folders } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { type FolderRow, folderNotFound } from "./find-folder.ts";

/** Throws NOT_FOUND, and CONFLICT when there is a folder of that name beside it. */
export async function renameFolder(tx: TenantTransaction, ctx: TenantContext, folderId: string, name: NewName): Promise<FolderRow> {
  const [row] = await tx
    .update(folders)
    .set({ nameCipher: name.nameCipher, nameHmac: name.nameHmac, version: sql`${folders.version} + 1` })
    .where(and(eq(folders.tenantId, ctx.tenantId), eq(folders.folderId, folderId)))
    .returning();
  if (row === undefined) throw folderNotFound();
  await emitAudit(tx, ctx, "folder.renamed", folderId, {}, name.auditDetails);
  return row;
}
