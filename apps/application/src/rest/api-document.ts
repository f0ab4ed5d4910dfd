import {
  buildDocument,
  ifNoneMatch,
  notModified,
  type OpenApiDocument,
  problemResponses,
  tagHeader,
} from "@leasehold/tenancy/rest/build-document";
import { jsonSchemaOf } from "@leasehold/tenancy/rest/json-schema";
import { documentId, documentView, folderId } from "../documents/schemas.ts";
import { appRouter } from "../router.ts";

export const restPrefix = "/v1";

const description = `Documents of one workspace: the one whose API key is sent, as \`Authorization: Bearer lhk_…\`.

Lists come in pages: send \`nextCursor\` as \`cursor\` for the next one, as it is. Changes take an \`Idempotency-Key\`. What has a
version has it as its \`ETag\` too: send that as \`If-Match\` to change nothing that has changed since you read it. Errors are
problem details (RFC 9457); their \`code\` and \`reason\` do not change with their wording.`;

const inPath = { name: "documentId", in: "path", required: true, schema: jsonSchemaOf(documentId, "input") };
const tags = ["Documents"];

const bodies = {
  "/documents/{documentId}/body": {
    put: {
      operationId: "documents.upload",
      summary: "Store a document",
      description:
        "The id is made by the caller, `doc_` and a ULID, and is kept for retries: it does what an idempotency key does elsewhere. Another name under the same id is refused.",
      tags,
      security: [{ bearer: ["documents:write"] }],
      parameters: [
        inPath,
        { name: "name", in: "query", required: true, schema: { type: "string" } },
        { name: "folderId", in: "query", required: false, schema: jsonSchemaOf(folderId, "input") },
      ],
      requestBody: { required: true, content: { "*/*": { schema: {} } } },
      responses: {
        200: { description: "Stored.", content: { "application/json": { schema: jsonSchemaOf(documentView, "output") } } },
        ...problemResponses,
      },
    },
    get: {
      operationId: "documents.download",
      summary: "Read a document's body",
      tags,
      security: [{ bearer: ["documents:read"] }],
      parameters: [inPath, { name: "disposition", in: "query", schema: { type: "string", enum: ["attachment", "inline"] } }, ifNoneMatch],
      responses: {
        200: { description: "The body.", headers: tagHeader, content: { "*/*": { schema: {} } } },
        ...notModified,
        ...problemResponses,
      },
    },
  },
};

/** What the application plane's REST interface is, from the routers that tRPC has. */
export function apiDocument(): OpenApiDocument {
  return buildDocument(appRouter, { title: "Leasehold Documents", description, version: "1", prefix: restPrefix, more: bodies });
}
