import { Readable } from "node:stream";
import { exportFormats } from "@leasehold/db/audit/export-format";
import { DomainError, errorTable, isDomainError } from "@leasehold/domain/errors";
import { isPlanId, plans } from "@leasehold/domain/plans";
import { hasScope } from "@leasehold/domain/roles";
import { observeRoute } from "@leasehold/tenancy/telemetry/observe-route";
import { addToScope, scopeOf } from "@leasehold/tenancy/telemetry/scope";
import { isOwnOrigin } from "@leasehold/tenancy/web/own-origin";
import { createContext, type RequestContext } from "../context.ts";
import { services } from "../services.ts";
import { requireMembership, requireReadable } from "../trpc.ts";
import { exportAudit } from "./export-audit.ts";

/** Streams a workspace's audit log as a file, for those who may read it, where the plan has exports. */
export function answerExport(request: Request, slug: string): Promise<Response> {
  const ctx = createContext(services(), request.headers);
  const { requestId, services: portal } = ctx;
  return observeRoute({ requestId, operation: "audit.export", logger: portal.logger }, () => exportLog(request, slug, ctx));
}

async function exportLog(request: Request, slug: string, ctx: RequestContext): Promise<Response> {
  const portal = ctx.services;
  try {
    if (!isOwnOrigin(request, portal.env.PORTAL_URL))
      throw new DomainError("FORBIDDEN", "This request did not come from the portal's own pages.", { reason: "origin" });
    const user = await ctx.user();
    if (!user) throw new DomainError("UNAUTHENTICATED", "Sign in to go on.", { reason: "not-signed-in" });
    const workspace = await requireMembership(ctx, user.userId, slug);
    addToScope(scopeOf({ tenantId: workspace.tenantId, requestId: ctx.requestId, actor: { type: "user", userId: user.userId } }));
    if (!hasScope(workspace.role, "audit:read"))
      throw new DomainError("FORBIDDEN", "Your role does not allow this.", { reason: "scope-missing" });
    if (!isPlanId(workspace.plan) || !plans[workspace.plan].entitlements.includes("audit-export"))
      throw new DomainError("FORBIDDEN", "Your plan does not include exports of the audit log.", { reason: "entitlement-missing" });
    requireReadable(workspace);
    const format = exportFormats.find((each) => each === (new URL(request.url).searchParams.get("format") ?? "ndjson"));
    if (format === undefined) throw new DomainError("VALIDATION", "The format is ndjson or csv.", { field: "format" });
    const asking = { services: portal, workspace, userId: user.userId, requestId: ctx.requestId };
    return new Response(
      Readable.toWeb(Readable.from(logged(exportAudit(asking, format)), { objectMode: false })) as ReadableStream<Uint8Array>,
      {
        headers: {
          "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
          "content-disposition": `attachment; filename="audit-${workspace.tenantId}-${new Date().toISOString().slice(0, 10)}.${format}"`,
          "cache-control": "private, no-store",
          "x-content-type-options": "nosniff",
        },
      },
    );
  } catch (error) {
    const domain = isDomainError(error) ? error : undefined;
    if (domain === undefined)
      portal.logger.error({ err: error, requestId: ctx.requestId, operation: "audit.export" }, "an export could not begin");
    const { code = "INTERNAL", message = "Something went wrong.", field = null } = domain ?? {};
    const status = domain === undefined ? 500 : errorTable[domain.code].http;
    return Response.json(
      { error: { code, message, field: field ?? null, requestId: ctx.requestId } },
      { status, headers: { "cache-control": "no-store" } },
    );
  }

  /** What breaks off half-way has no end line: whoever verifies the file sees that it is not whole. */
  async function* logged(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      portal.logger.error({ err: error, requestId: ctx.requestId, operation: "audit.export" }, "an export broke off");
      throw error;
    }
  }
}
