import { beginUpload, documentTooLarge } from "@leasehold/db/application/documents/begin-upload";
import { finishUpload } from "@leasehold/db/application/documents/finish-upload";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import type { Logger } from "@leasehold/tenancy/logger";
import { objectKeyOf } from "@leasehold/tenancy/objects/tenant-objects";
import { type DocumentView, openDocument, sealDocument } from "./document-cells.ts";
import { giveUpUpload, sweepUnfinished } from "./remove-body.ts";

export interface Upload {
  /** Made by the client: the same again is the same document. */
  documentId: string;
  folderId: string | null;
  name: string;
  contentType: string;
  /** As declared; undefined when the client does not say. */
  bytes: number | undefined;
  body: AsyncIterable<Uint8Array>;
}

/**
 * Stores a document: place and name first, then the body as it flows, and it is there for others only when all of it is.
 * Idempotent by the document's id. Throws CONFLICT, NOT_FOUND for the folder, LIMIT_EXCEEDED, VALIDATION (`upload-incomplete`).
 */
export async function uploadDocument(kit: TenancyKit, app: AppContext, log: Logger, upload: Upload): Promise<DocumentView> {
  const { documentId, folderId, bytes } = upload;
  const [{ grams, auditDetails, ...sealed }] = await Promise.all([
    sealDocument(kit.keys, app, documentId, upload),
    sweepUnfinished(kit, app).catch((err: unknown) => log.warn({ err }, "what a crash left could not be removed")),
  ]);
  const objectKey = objectKeyOf(app, `documents/${documentId}/${newId("event").slice(4)}`);
  const request = { documentId, folderId, objectKey, bytes, ...sealed };
  const start = await kit.data.transaction(app, "write", (tx) => beginUpload(tx, app, request));
  if (start.outcome === "already-stored") return openDocument(kit.keys, app, start.document);
  if (start.outcome === "taken-over") await kit.objects.delete(app, start.previousKey);
  try {
    const stored = await kit.objects.put(app, objectKey, bounded(upload, start.documentBytes));
    const finished = { documentId, objectKey, grams, auditDetails, ...stored };
    const row = await kit.data.transaction(app, "write", (tx) => finishUpload(tx, app, finished));
    return await openDocument(kit.keys, app, row);
  } catch (error) {
    await giveUpUpload(kit, app, { documentId, objectKey }).catch((err: unknown) =>
      log.warn({ err }, "a failed upload is left to the next one"),
    );
    throw error;
  }
}

/** The body, ended with an error when it is longer than the plan allows or not as long as declared. */
async function* bounded({ body, bytes }: Upload, documentBytes: number): AsyncGenerator<Uint8Array> {
  let received = 0;
  try {
    for await (const chunk of body) {
      received += chunk.byteLength;
      if (received > documentBytes) throw documentTooLarge(documentBytes);
      yield chunk;
    }
  } catch (error) {
    throw isDomainError(error) ? error : incomplete(error);
  }
  if (bytes !== undefined && received !== bytes) throw incomplete(new Error("fewer bytes than declared"));
}

function incomplete(cause: unknown): DomainError {
  return new DomainError("VALIDATION", "The upload ended before all of it had arrived. Send it again.", {
    field: "body",
    reason: "upload-incomplete",
    cause,
  });
}
