import type { DocumentRow } from "@leasehold/db/application/documents/document-row";
import { findDocument } from "@leasehold/db/application/documents/find-document";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";

/**
 * The body of a document; one that was moved while it was asked for, by a rotation of the key, is where its row says by then.
 * Throws NOT_FOUND, with the reason `document-unknown` when the document is gone as well.
 */
export async function openStoredBody(
  kit: TenancyKit,
  app: AppContext,
  { documentId, objectKey }: Pick<DocumentRow, "documentId" | "objectKey">,
): Promise<AsyncIterable<Buffer>> {
  return kit.objects.get(app, objectKey).catch(async (error: unknown) => {
    const now = await kit.data.query(app, "read", (tx) => findDocument(tx, app.tenantId, documentId));
    if (now.objectKey === objectKey) throw error;
    return kit.objects.get(app, now.objectKey);
  });
}
