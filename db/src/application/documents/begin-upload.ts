import type { TenantContext } from "@leasehold/domain/context";
import { actorRef } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { and, eq, sql } from "drizzle-orm";
import { requireFolder } from "../folders/find-folder.ts";
import { documents } from "../schema/documents.ts";
import { readUsage } from "../usage/read-usage.ts";
import { releaseUsage, reserveUsage } from "../usage/reserve-usage.ts";
import type { TenantTransaction } from "../with-tenant.ts";
import { type DocumentRow, nameTaken } from "./document-row.ts";

export interface UploadRequest {
  documentId: string;
  folderId: string | null;
  nameCipher: Buffer;
  nameHmac: Buffer;
  contentTypeCipher: Buffer;
  keyVersion: number;
  /** This attempt's own place: a later attempt for the same document writes to another. */
  objectKey: string;
  /** As the client declared; undefined reserves the largest that the plan allows. */
  bytes: number | undefined;
}

export type UploadStart =
  | { outcome: "begun"; documentBytes: number }
  /** An earlier attempt did not finish; whatever it left is at `previousKey`. */
  | { outcome: "taken-over"; documentBytes: number; previousKey: string }
  | { outcome: "already-stored"; document: DocumentRow };

/**
 * Takes the document's id, name and place under the limits before its first byte. Idempotent by the document's id.
 * Throws CONFLICT (`name-taken`, `document-id-reused`), NOT_FOUND for the folder, LIMIT_EXCEEDED (`document-size` too).
 */
export async function beginUpload(tx: TenantTransaction, ctx: TenantContext, request: UploadRequest): Promise<UploadStart> {
  const { limits } = await readUsage(tx, ctx.tenantId);
  const sizeBytes = request.bytes ?? limits.documentBytes;
  if (sizeBytes > limits.documentBytes) throw documentTooLarge(limits.documentBytes);
  if (request.folderId !== null) await requireFolder(tx, ctx.tenantId, request.folderId);
  const { bytes: _bytes, ...columns } = request;
  const row = { ...columns, tenantId: ctx.tenantId, sizeBytes, createdBy: actorRef(ctx.actor) };
  const inserted = await tx.insert(documents).values(row).onConflictDoNothing().returning({ documentId: documents.documentId });
  if (inserted.length === 1) {
    await reserveUsage(tx, ctx.tenantId, { documents: 1, bytes: sizeBytes });
    return { outcome: "begun", documentBytes: limits.documentBytes };
  }
  return takeOver(tx, ctx, request, { sizeBytes, documentBytes: limits.documentBytes });
}

async function takeOver(
  tx: TenantTransaction,
  ctx: TenantContext,
  request: UploadRequest,
  { sizeBytes, documentBytes }: { sizeBytes: number; documentBytes: number },
): Promise<UploadStart> {
  const sameDocument = and(eq(documents.tenantId, ctx.tenantId), eq(documents.documentId, request.documentId));
  const [found] = await tx.select().from(documents).where(sameDocument).for("update");
  if (found === undefined) throw nameTaken();
  if (found.state === "DELETING" || found.folderId !== request.folderId || !found.nameHmac.equals(request.nameHmac)) {
    throw new DomainError("CONFLICT", "This document's id was used before. Choose a new one.", {
      reason: "document-id-reused",
      field: "documentId",
    });
  }
  if (found.state === "STORED") return { outcome: "already-stored", document: found };
  const { objectKey, nameCipher, contentTypeCipher, keyVersion } = request;
  await tx
    .update(documents)
    .set({ objectKey, nameCipher, contentTypeCipher, keyVersion, sizeBytes, updatedAt: sql`now()` })
    .where(sameDocument);
  if (sizeBytes > found.sizeBytes) await reserveUsage(tx, ctx.tenantId, { documents: 0, bytes: sizeBytes - found.sizeBytes });
  else await releaseUsage(tx, ctx.tenantId, { documents: 0, bytes: found.sizeBytes - sizeBytes });
  return { outcome: "taken-over", documentBytes, previousKey: found.objectKey };
}

export function documentTooLarge(documentBytes: number): DomainError {
  const mebibytes = Math.floor(documentBytes / 1024 ** 2);
  return new DomainError("LIMIT_EXCEEDED", `Your plan takes documents of up to ${mebibytes} MiB.`, {
    reason: "document-size",
    field: "body",
  });
}
