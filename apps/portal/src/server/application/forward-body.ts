import { DomainError, errorTable, isDomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import { hasScope } from "@leasehold/domain/roles";
import { observeRoute } from "@leasehold/tenancy/telemetry/observe-route";
import { addToScope, scopeOf } from "@leasehold/tenancy/telemetry/scope";
import { isOwnOrigin } from "@leasehold/tenancy/web/own-origin";
import { createContext } from "../context.ts";
import { services } from "../services.ts";
import { requireMembership } from "../trpc.ts";
import { applicationToken } from "./client.ts";

export interface BodyRequest {
  slug: string;
  documentId: string;
}

const uploadMs = 10 * 60_000;
const passedOn = ["content-type", "content-length", "content-disposition", "etag"];

/**
 * Streams a document's body between the browser and the application plane, as the member who asks: nothing of it is kept
 * here. Errors have the shape `{ error: { code, message, field, requestId } }`.
 */
export function forwardBody(request: Request, target: BodyRequest, requestId: string): Promise<Response> {
  const operation = request.method === "PUT" ? "documents.putBody" : "documents.getBody";
  return observeRoute({ requestId, operation, logger: services().logger }, () => passOn(request, target, requestId));
}

async function passOn(request: Request, target: BodyRequest, requestId: string): Promise<Response> {
  const portal = services();
  try {
    if (!isOwnOrigin(request, portal.env.PORTAL_URL))
      throw new DomainError("FORBIDDEN", "This request did not come from the portal's own pages.", { reason: "origin" });
    const url = await bodyUrl(request, target, portal.env.APPLICATION_URL);
    const ctx = createContext(portal, request.headers);
    const user = await ctx.user();
    if (!user) throw new DomainError("UNAUTHENTICATED", "Sign in to go on.", { reason: "not-signed-in" });
    const workspace = await requireMembership(ctx, user.userId, target.slug);
    addToScope(scopeOf({ tenantId: workspace.tenantId, requestId, actor: { type: "user", userId: user.userId } }));
    const scope = request.method === "PUT" ? "documents:write" : "documents:read";
    if (!hasScope(workspace.role, scope)) throw new DomainError("FORBIDDEN", "Your role does not allow this.", { reason: "scope-missing" });
    const headers: Record<string, string> = {
      authorization: `Bearer ${await applicationToken(portal, workspace, user.userId)}`,
      "x-request-id": requestId,
    };
    const length = request.headers.get("content-length");
    if (request.method === "PUT") headers["content-type"] = request.headers.get("content-type") || "application/octet-stream";
    if (request.method === "PUT" && length !== null) headers["content-length"] = length;
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(uploadMs)]);
    const answer = await fetch(url, {
      redirect: "error",
      method: request.method,
      headers,
      body: request.method === "PUT" ? request.body : null,
      duplex: "half",
      signal,
    } as RequestInit);
    return new Response(answer.body, { status: answer.status, headers: answerHeaders(answer) });
  } catch (error) {
    return refusal(error, requestId);
  }

  function refusal(error: unknown, id: string): Response {
    if (isDomainError(error)) return problem(errorTable[error.code].http, error.code, error.message, error.field, id);
    portal.logger.error({ err: error, requestId: id }, "a document's body could not be passed on");
    return problem(503, "UNAVAILABLE", "Your documents cannot be reached right now. Try again in a moment.", undefined, id);
  }
}

async function bodyUrl(request: Request, { documentId }: BodyRequest, base: string): Promise<URL> {
  if (!isId("document", documentId)) throw new DomainError("NOT_FOUND", "This document does not exist.", { reason: "document-unknown" });
  const asked = new URL(request.url).searchParams;
  if (request.method !== "PUT") {
    const url = new URL(`/documents/${documentId}/body`, base);
    if (asked.has("disposition")) url.searchParams.set("disposition", asked.get("disposition") ?? "");
    return url;
  }
  const url = new URL("/documents/body", base);
  url.searchParams.set("documentId", documentId);
  url.searchParams.set("name", asked.get("name") ?? "");
  const folderId = asked.get("folderId");
  if (folderId) url.searchParams.set("folderId", folderId);
  return url;
}

/** Bodies come from tenants: never cached, never guessed at, and nothing in them runs. */
function answerHeaders(answer: Response): Headers {
  const headers = new Headers({
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox; img-src 'self'; style-src 'unsafe-inline'",
  });
  for (const name of passedOn) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}

function problem(status: number, code: string, message: string, field: string | undefined, requestId: string): Response {
  return Response.json({ error: { code, message, field: field ?? null, requestId } }, { status, headers: { "cache-control": "no-store" } });
}
