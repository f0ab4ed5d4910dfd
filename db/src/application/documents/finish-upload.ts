import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { and, eq, sql } from "drizzle-orm";
import { emitAudit, type SealedAuditDetails } from "../audit/emit-audit.ts";
import { documents } from "../schema/documents.ts";
import { releaseUsage } from "../usage/reserve-usage.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import type { DocumentRow } from "./document-row.ts";
import { writeGrams } from "./write-grams.ts";

export interface FinishedUpload {
  documentId: string;
  objectKey: string;
  bytes: number;
  keyVersion: number;
  grams: readonly bigint[];
  /** The name, for the audit log. */
  auditDetails?: SealedAuditDetails;
}

/**
 * Shows a document whose body is stored whole, if `objectKey` is still the attempt that counts.
 * Throws CONFLICT (`upload-superseded`) when a later attempt has taken over or the upload was given up.
 */
export async function finishUpload(tx: TenantTransaction, ctx: TenantContext, upload: FinishedUpload): Promise<DocumentRow> {
  const { documentId, objectKey, bytes, keyVersion } = upload;
  const attempt = and(
    eq(documents.tenantId, ctx.tenantId),
    eq(documents.documentId, documentId),
    eq(documents.objectKey, objectKey),
    eq(documents.state, "UPLOADING"),
  );
  const [begun] = await tx.select({ reserved: documents.sizeBytes }).from(documents).where(attempt).for("update");
  if (begun === undefined) throw new DomainError("CONFLICT", "Another upload of this document won.", { reason: "upload-superseded" });
  const [row] = await tx
    .update(documents)
    .set({ state: "STORED", sizeBytes: bytes, keyVersion, updatedAt: sql`now()` })
    .where(attempt)
    .returning();
  if (row === undefined) throw new Error("a locked row was not updated");
  await releaseUsage(tx, ctx.tenantId, { documents: 0, bytes: begun.reserved - bytes });
  await writeGrams(tx, ctx.tenantId, documentId, upload.grams);
  await emitAudit(tx, ctx, "document.uploaded", documentId, { bytes }, upload.auditDetails);
  return row;
}
