import { and, asc, eq, gt, lt } from "drizzle-orm";
import { documents } from "../schema/documents.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import type { DocumentRow } from "./document-row.ts";

/** Stored documents whose bodies are under an older version of the data key, in the order of their ids. */
export function listBodiesUnderOldKeys(
  tx: TenantTransaction,
  tenantId: string,
  { belowVersion, after, limit }: { belowVersion: number; after: string; limit: number },
): PromiseLike<DocumentRow[]> {
  return tx
    .select()
    .from(documents)
    .where(
      and(
        eq(documents.tenantId, tenantId),
        gt(documents.documentId, after),
        eq(documents.state, "STORED"),
        lt(documents.keyVersion, belowVersion),
      ),
    )
    .orderBy(asc(documents.documentId))
    .limit(limit);
}

/**
 * A stored document has its body in another place, under another version of the data key. Its content is the same, so that neither
 * its version nor its times change.
 * @returns where the body is then; undefined when the document is not stored any more
 */
export async function moveBody(
  tx: TenantTransaction,
  tenantId: string,
  move: { documentId: string; from: string; to: string; keyVersion: number },
): Promise<string | undefined> {
  const stored = and(eq(documents.tenantId, tenantId), eq(documents.documentId, move.documentId), eq(documents.state, "STORED"));
  await tx
    .update(documents)
    .set({ objectKey: move.to, keyVersion: move.keyVersion })
    .where(and(stored, eq(documents.objectKey, move.from)));
  const [row] = await tx.select({ objectKey: documents.objectKey }).from(documents).where(stored);
  return row?.objectKey;
}
