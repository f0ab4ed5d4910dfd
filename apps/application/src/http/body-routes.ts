import { Readable } from "node:stream";
import { findDocument } from "@leasehold/db/application/documents/find-document";
import { DomainError } from "@leasehold/domain/errors";
import { type IdOf, isId } from "@leasehold/domain/ids";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { isKeyLost, UnreadableError } from "@leasehold/tenancy/keys/unreadable";
import { contextLogger, type Logger } from "@leasehold/tenancy/logger";
import { entityTag, isNoneMatch, readIfMatch, versionless } from "@leasehold/tenancy/rest/entity-tags";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { checkContentType } from "../documents/check-content-type.ts";
import { contentDisposition, previewOf, readContentType, servedType } from "../documents/content-types.ts";
import { openDocuments } from "../documents/document-cells.ts";
import { readName } from "../documents/document-name.ts";
import { openStoredBody } from "../documents/open-stored-body.ts";
import { uploadDocument } from "../documents/upload-document.ts";
import { requireScope } from "../trpc/init.ts";
import { readBody } from "./read-body.ts";
import { createRequestContext } from "./request-context.ts";
import { DownloadEnded, type DownloadTimes, watchDownload } from "./watch-download.ts";

type UploadQuery = { name?: unknown; folderId?: unknown; documentId?: unknown };
type UploadRequest = { Params: { documentId?: string }; Querystring: UploadQuery };
type DownloadRequest = { Params: { documentId: string }; Querystring: { disposition?: unknown } };

/** Bodies of documents, streamed both ways, for the portal. */
export function addBodyRoutes(server: FastifyInstance, kit: TenancyKit, logger: Logger, downloads?: DownloadTimes): void {
  server.register(async (scope) => registerBodies(scope, kit, logger, { upload: "/documents/body", downloads }));
}

/** In a scope of their own, whose bodies are not parsed. The upload's document is named in its path or its query. */
export function registerBodies(
  scope: FastifyInstance,
  kit: TenancyKit,
  logger: Logger,
  { upload, downloads }: { upload: string; downloads?: DownloadTimes | undefined },
): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

  scope.put<UploadRequest>(upload, async (request) => {
    const body = readBody(request.body);
    try {
      const app = await createRequestContext(kit, logger, request).resolve();
      requireScope(app, "documents:write");
      // A document that is there is never replaced.
      if (readIfMatch(request.headers["if-match"]) !== undefined) throw versionless();
      const named = readUploadQuery({ ...request.query, ...request.params });
      const log = contextLogger(logger, app, "documents.upload");
      const checked = await checkContentType(readContentType(request.headers["content-type"]), body.chunks);
      return await uploadDocument(kit, app, log, { ...named, ...checked, bytes: declaredBytes(request) });
    } finally {
      body.drain();
    }
  });

  scope.get<DownloadRequest>("/documents/:documentId/body", async (request, reply) => {
    const app = await createRequestContext(kit, logger, request).resolve();
    requireScope(app, "documents:read");
    const disposition = readDisposition(request.query.disposition);
    const documentId = readId("document", request.params.documentId, "It is not the id of a document.");
    const row = await kit.data.query(app, "read", (tx) => findDocument(tx, app.tenantId, documentId));
    reply.header("etag", entityTag(row.version));
    if (isNoneMatch(request.headers["if-none-match"], row.version)) return reply.code(304).send();
    const [document] = await openDocuments(kit.keys, app, [row]);
    if (document === undefined) throw new Error("a document was opened to nothing");
    const body = await openStoredBody(kit, app, row);
    const inline = disposition === "inline" && previewOf(document.contentType) !== null;
    reply.header("content-type", servedType(document.contentType));
    reply.header("content-length", document.sizeBytes);
    reply.header(
      "content-disposition",
      contentDisposition(inline ? "inline" : "attachment", document.nameLost ? document.documentId : document.name),
    );
    const stream = Readable.from(body, { objectMode: false });
    stream.on("error", (err) => {
      if (isKeyLost(err) || err instanceof DownloadEnded) return;
      const unreadable = err instanceof UnreadableError;
      contextLogger(logger, app, "documents.download").error({ err }, unreadable ? "a stored body does not open" : "a download broke off");
    });
    const { authorization } = request.headers;
    return reply.send(watchDownload(kit, logger, stream, { app, authorization, operation: "documents.download" }, downloads));
  });
}

function readUploadQuery({ name, folderId, documentId }: UploadQuery) {
  const atRoot = folderId === undefined || folderId === "";
  return {
    documentId: readId("document", documentId, "Make one id for the document and keep it for retries."),
    folderId: atRoot ? null : readId("folder", folderId, "It is not the id of a folder."),
    name: readName(name),
  };
}

function readId<K extends "document" | "folder">(kind: K, given: unknown, remedy: string): IdOf<K> {
  if (isId(kind, given)) return given;
  throw new DomainError("VALIDATION", `${kind}Id: ${remedy}`, { field: `${kind}Id` });
}

function readDisposition(given: unknown): "attachment" | "inline" {
  if (given === undefined || given === "attachment") return "attachment";
  if (given === "inline") return "inline";
  throw new DomainError("VALIDATION", "disposition: Give attachment or inline, once.", { field: "disposition" });
}

function declaredBytes({ headers }: FastifyRequest): number | undefined {
  const declared = headers["content-length"];
  return declared === undefined ? (headers["transfer-encoding"] === undefined ? 0 : undefined) : Number(declared);
}
