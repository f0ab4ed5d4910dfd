import { and, eq } from "drizzle-orm";
import { documents } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { type DocumentRow, documentNotFound } from "./document-row.ts";

/** A stored document. Throws NOT_FOUND; one that is being uploaded or removed is not there. */
export async function findDocument(tx: TenantTransaction, tenantId: string, documentId: string): Promise<DocumentRow> {
  const [row] = await tx
    .select()
    .from(documents)
    .where(and(eq(documents.tenantId, tenantId), eq(documents.documentId, documentId), eq(documents.state, "STORED")));
  if (row === undefined) throw documentNotFound();
  return row;
}
