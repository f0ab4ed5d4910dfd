import { DomainError } from "@leasehold/domain/errors";
import { and, eq } from "drizzle-orm";
import { documentNotFound } from "./documents/document-row.ts";
import { folderNotFound } from "./folders/find-folder.ts";
import { documents, folders } from "./schema/documents.ts";
import type { TenantTransaction } from "./with-tenant.ts";

/** Holds a stored document, at one of these versions, until the transaction ends. Throws NOT_FOUND, PRECONDITION_FAILED (`version-changed`). */
export async function requireDocumentVersion(
  tx: TenantTransaction,
  tenantId: string,
  documentId: string,
  versions: readonly number[] | undefined,
): Promise<void> {
  if (versions === undefined) return;
  const [found] = await tx
    .select({ version: documents.version })
    .from(documents)
    .where(and(eq(documents.tenantId, tenantId), eq(documents.documentId, documentId), eq(documents.state, "STORED")))
    .for("update");
  if (found === undefined) throw documentNotFound();
  if (!versions.includes(found.version)) throw versionChanged(found.version);
}

/** The same for a folder. */
export async function requireFolderVersion(
  tx: TenantTransaction,
  tenantId: string,
  folderId: string,
  versions: readonly number[] | undefined,
): Promise<void> {
  if (versions === undefined) return;
  const [found] = await tx
    .select({ version: folders.version })
    .from(folders)
    .where(and(eq(folders.tenantId, tenantId), eq(folders.folderId, folderId)))
    .for("update");
  if (found === undefined) throw folderNotFound();
  if (!versions.includes(found.version)) throw versionChanged(found.version);
}

function versionChanged(version: number): DomainError {
  return new DomainError(
    "PRECONDITION_FAILED",
    `It has changed since: it is at version ${version}. Read it again, and send the ETag of what you have read as If-Match.`,
    { reason: "version-changed", field: "If-Match" },
  );
}
