import type { TenantContext } from "@leasehold/domain/context";
import { and, eq, sql } from "drizzle-orm";
import { emitAudit, type SealedAuditDetails } from "../audit/emit-audit.ts";
import { documents } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { type DocumentRow, documentNotFound } from "./document-row.ts";
import { writeGrams } from "./write-grams.ts";

export interface NewName {
  nameCipher: Buffer;
  nameHmac: Buffer;
  /** The new name, for the audit log. */
  auditDetails?: SealedAuditDetails;
}

/** Throws NOT_FOUND, and CONFLICT when the folder has the name already. */
export async function renameDocument(
  tx: TenantTransaction,
  ctx: TenantContext,
  documentId: string,
  { nameCipher, nameHmac, grams, auditDetails }: NewName & { grams: readonly bigint[] },
): Promise<DocumentRow> {
  const [row] = await tx
    .update(documents)
    .set({ nameCipher, nameHmac, updatedAt: sql`now()`, version: sql`${documents.version} + 1` })
    .where(and(eq(documents.tenantId, ctx.tenantId), eq(documents.documentId, documentId), eq(documents.state, "STORED")))
    .returning();
  if (row === undefined) throw documentNotFound();
  await writeGrams(tx, ctx.tenantId, documentId, grams);
  await emitAudit(tx, ctx, "document.renamed", documentId, {}, auditDetails);
  return row;
}
