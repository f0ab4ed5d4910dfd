import type { Logger } from "@leasehold/tenancy/logger";
import { observeRequest } from "@leasehold/tenancy/telemetry/metrics";
import { startRequestSpan } from "@leasehold/tenancy/telemetry/request-span";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { appRouter } from "../router.ts";
import { requestLogger } from "./request-context.ts";

declare module "fastify" {
  interface FastifyRequest {
    endSpan: ((status: number) => void) | undefined;
  }
}

const procedures = new Set(Object.keys(appRouter._def.procedures));

/** Every request has a span, a line at its end, a count, and its id and operation on whatever is logged meanwhile. First of all hooks. */
export function observeRequests(server: FastifyInstance, logger: Logger): void {
  server.decorateRequest("endSpan", undefined);
  server.addHook("onRequest", (request, _reply, done) => {
    const span = startRequestSpan(request.id, operationOf(request));
    request.endSpan = span.end;
    span.run(done);
  });
  server.addHook("onResponse", (request, reply, done) => {
    const operation = operationOf(request);
    const fields = { method: request.method, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    if (logger.isLevelEnabled("info")) requestLogger(logger, request, operation).info(fields, "request");
    request.endSpan?.(reply.statusCode);
    observeRequest(operation, String(reply.statusCode), reply.elapsedTime / 1_000, request.tenant?.tenantId ?? null);
    done();
  });
}

/** What the request does: the procedure, or the route; one of a fixed set. Never the address, whose query holds names. */
export function operationOf({ params, routeOptions }: FastifyRequest): string {
  const path = typeof params === "object" && params !== null && "path" in params ? String(params.path) : undefined;
  if (path !== undefined && procedures.has(path)) return path;
  if (path?.includes(",")) return "batch";
  return routeOptions.url ?? "unknown";
}
