import { Readable } from "node:stream";
import { noteExportUse } from "@leasehold/db/control/offboarding/exports/note-download";
import { findExport } from "@leasehold/db/control/offboarding/exports/read-export";
import { DomainError, errorTable, isDomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import { hasScope } from "@leasehold/domain/roles";
import { observeRoute } from "@leasehold/tenancy/telemetry/observe-route";
import { addToScope, scopeOf } from "@leasehold/tenancy/telemetry/scope";
import { applicationToken } from "../application/client.ts";
import { createContext, type RequestContext, readSession } from "../context.ts";
import { type Services, services } from "../services.ts";
import { requireEntry, requireMembership } from "../trpc.ts";
import { checkExportLink } from "./export-link.ts";

export interface ArchiveRequest {
  slug: string;
  exportId: string;
}

const passedOn = ["content-type", "content-length", "content-disposition", "content-range", "accept-ranges", "etag"];
/** A download lasts as long as it takes: whether it is still allowed is asked so often, in milliseconds. */
const lookEveryMs = 15_000;

/**
 * Streams an export's archive from the application plane to the person whose link it is, and ends it with their session, membership or
 * role. Errors have the shape `{ error: { code, message, field, requestId } }`.
 */
export function forwardArchive(request: Request, target: ArchiveRequest): Promise<Response> {
  const ctx = createContext(services(), request.headers);
  const { requestId, services: portal } = ctx;
  return observeRoute({ requestId, operation: "exports.download", logger: portal.logger }, () => passOn(request, target, ctx));
}

async function passOn(request: Request, target: ArchiveRequest, ctx: RequestContext): Promise<Response> {
  const portal = ctx.services;
  try {
    const { workspace, user } = await admit(ctx, target.slug);
    addToScope(scopeOf({ tenantId: workspace.tenantId, requestId: ctx.requestId, actor: { type: "user", userId: user.userId } }));
    const { exportId } = target;
    if (!isId("export", exportId)) throw exportUnknown();
    const holder = { tenantId: workspace.tenantId, exportId, ...user };
    checkExportLink(portal.env.PORTAL_HMAC_SECRET, holder, new URL(request.url).searchParams.get("link"));
    const found = await findExport(portal.control, workspace.tenantId, exportId);
    if (found?.state !== "READY" || found.indexName === null) throw exportUnknown();
    const range = request.headers.get("range");
    const url = new URL(`/exports/${exportId}/archive?index=${found.indexName}`, portal.env.APPLICATION_URL);
    const answer = await fetch(url, {
      redirect: "error",
      headers: {
        authorization: `Bearer ${await applicationToken(portal, workspace, user.userId)}`,
        "x-request-id": ctx.requestId,
        ...(range === null ? {} : { range }),
      },
      signal: request.signal,
    });
    if (answer.ok && range === null) {
      const actor = { type: "user" as const, userId: user.userId };
      await noteExportUse(portal.control, { tenantId: workspace.tenantId, actor, requestId: ctx.requestId }, exportId, "downloaded");
    }
    if (!answer.ok || answer.body === null) return new Response(answer.body, { status: answer.status, headers: headersOf(answer) });
    const watched = watch(portal, answer.body, () => isStillAllowed(request.headers, target.slug, user.sessionToken));
    const body = Readable.toWeb(Readable.from(watched, { objectMode: false })) as ReadableStream<Uint8Array>;
    return new Response(body, { status: answer.status, headers: headersOf(answer) });
  } catch (error) {
    return refusal(portal, error, ctx.requestId);
  }
}

async function admit(ctx: RequestContext, slug: string) {
  const user = await ctx.user();
  if (!user) throw new DomainError("UNAUTHENTICATED", "Sign in to go on.", { reason: "not-signed-in" });
  const workspace = await requireMembership(ctx, user.userId, slug);
  if (!hasScope(workspace.role, "tenant:export")) {
    throw new DomainError("FORBIDDEN", "Only owners of the workspace export it.", { reason: "scope-missing" });
  }
  requireEntry(workspace);
  return { workspace, user };
}

/** By the session as it is now, and the membership as it is now. */
async function isStillAllowed(headers: Headers, slug: string, sessionToken: string): Promise<boolean> {
  const ctx = createContext(services(), headers);
  const session = await readSession(services(), headers);
  if (session?.sessionToken !== sessionToken) return false;
  return admit(ctx, slug).then(
    () => true,
    (error: unknown) => {
      if (isDomainError(error)) return false;
      throw error;
    },
  );
}

async function* watch(portal: Services, body: ReadableStream<Uint8Array>, allowed: () => Promise<boolean>): AsyncGenerator<Uint8Array> {
  let looked = Date.now();
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    if (Date.now() - looked > lookEveryMs) {
      looked = Date.now();
      if (!(await allowed())) {
        portal.logger.info({ operation: "exports.download" }, "a download was ended: it is not allowed any more");
        throw new Error("the download is not allowed any more");
      }
    }
    yield chunk;
  }
}

function headersOf(answer: Response): Headers {
  const headers = new Headers({ "cache-control": "private, no-store, no-transform", "x-content-type-options": "nosniff" });
  for (const name of passedOn) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}

function exportUnknown(): DomainError {
  return new DomainError("NOT_FOUND", "There is no such export, or it has been deleted. Ask for another one.", {
    reason: "export-unknown",
  });
}

function refusal(portal: Services, error: unknown, requestId: string): Response {
  const domain = isDomainError(error) ? error : undefined;
  if (domain === undefined) portal.logger.error({ err: error, requestId }, "an export could not be passed on");
  const { code = "UNAVAILABLE", message = "Your data cannot be reached right now. Try again in a moment.", field = null } = domain ?? {};
  const status = domain === undefined ? 503 : errorTable[domain.code].http;
  return Response.json({ error: { code, message, field: field ?? null, requestId } }, { status, headers: { "cache-control": "no-store" } });
}
