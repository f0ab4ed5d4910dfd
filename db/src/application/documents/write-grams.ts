import { and, eq } from "drizzle-orm";
import { documentGrams } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";

/** Replaces the grams that a document is found by. */
export async function writeGrams(tx: TenantTransaction, tenantId: string, documentId: string, grams: readonly bigint[]): Promise<void> {
  await tx.delete(documentGrams).where(and(eq(documentGrams.tenantId, tenantId), eq(documentGrams.documentId, documentId)));
  if (grams.length > 0) await tx.insert(documentGrams).values(grams.map((gram) => ({ tenantId, gram, documentId })));
}
