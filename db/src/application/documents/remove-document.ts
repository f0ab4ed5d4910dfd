import type { TenantContext } from "@leasehold/domain/context";
import { and, eq, lte, sql } from "drizzle-orm";
import { emitAudit } from "../audit/emit-audit.ts";
import { documents } from "../schema/documents.ts";
import { releaseUsage } from "../usage/reserve-usage.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { type DocumentRow, documentNotFound } from "./document-row.ts";
import { writeGrams } from "./write-grams.ts";

export interface Removal {
  documentId: string;
  objectKey: string;
}

/**
 * Takes a stored document out of everybody's sight, frees its name and its place under the limits, and says which object is
 * to be removed. Also for one whose removal was begun before. Throws NOT_FOUND.
 */
export async function beginRemoval(tx: TenantTransaction, ctx: TenantContext, documentId: string): Promise<Removal> {
  const [found] = await tx.select().from(documents).where(isDocument(ctx, documentId)).for("update");
  if (found === undefined || found.state === "UPLOADING") throw documentNotFound();
  if (found.state === "DELETING") return found;
  await withdraw(tx, ctx, found);
  await emitAudit(tx, ctx, "document.deleted", documentId, { bytes: found.sizeBytes });
  return found;
}

/**
 * Gives up this attempt at an upload. `stored`: it had been shown after all, its answer was lost, and its object stays.
 * `superseded`: a later attempt has taken over, or the row is gone, and nothing refers to this attempt's object.
 */
export async function abandonUpload(
  tx: TenantTransaction,
  ctx: TenantContext,
  attempt: Removal,
): Promise<"withdrawn" | "stored" | "superseded"> {
  const [found] = await tx
    .select()
    .from(documents)
    .where(and(isDocument(ctx, attempt.documentId), eq(documents.objectKey, attempt.objectKey)))
    .for("update");
  if (found === undefined) return "superseded";
  if (found.state === "STORED") return "stored";
  if (found.state === "UPLOADING") await withdraw(tx, ctx, found);
  return "withdrawn";
}

/** The last of a removal, once its object is gone. Nothing happens when the row is gone as well. */
export async function finishRemoval(tx: TenantTransaction, ctx: TenantContext, documentId: string): Promise<void> {
  await tx.delete(documents).where(and(isDocument(ctx, documentId), eq(documents.state, "DELETING")));
}

/** Removals and uploads that were cut short at least so long ago, a few at a time; of one document when it is named. */
export function listUnfinished(
  tx: TenantTransaction,
  tenantId: string,
  { olderThanMinutes, documentId }: { olderThanMinutes: number; documentId?: string },
): PromiseLike<DocumentRow[]> {
  return tx
    .select()
    .from(documents)
    .where(
      and(
        eq(documents.tenantId, tenantId),
        documentId === undefined ? undefined : eq(documents.documentId, documentId),
        // Written out: the index of unfinished documents holds for a plan that knows no values too.
        sql`${documents.state} <> 'STORED'`,
        lte(documents.updatedAt, sql`now() - make_interval(mins => ${olderThanMinutes})`),
      ),
    )
    .limit(20);
}

async function withdraw(tx: TenantTransaction, ctx: TenantContext, found: DocumentRow): Promise<void> {
  await tx.update(documents).set({ state: "DELETING", folderId: null, updatedAt: sql`now()` }).where(isDocument(ctx, found.documentId));
  await writeGrams(tx, ctx.tenantId, found.documentId, []);
  await releaseUsage(tx, ctx.tenantId, { documents: 1, bytes: found.sizeBytes });
}

function isDocument({ tenantId }: TenantContext, documentId: string) {
  return and(eq(documents.tenantId, tenantId), eq(documents.documentId, documentId));
}
