import { isId, newId } from "@leasehold/domain/ids";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { contextLogger, type Logger } from "@leasehold/tenancy/logger";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import { addToScope, scopeOf } from "@leasehold/tenancy/telemetry/scope";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RequestContext } from "../trpc/init.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Made by `createRequestContext`, for whoever asks first. */
    tenantContext: RequestContext | undefined;
    /** Once the request's token or key has named it. */
    tenant: AppContext | undefined;
  }
}

/** What every request carries, from its first hook on. */
export function addRequestContext(server: FastifyInstance): void {
  server.decorateRequest("tenantContext", undefined);
  server.decorateRequest("tenant", undefined);
}

/** The caller's request id when it is well formed, so that one id finds the lines of every process. */
export function requestIdOf(headers: FastifyRequest["headers"]): string {
  const given = headers["x-request-id"];
  return isId("request", given) ? given : newId("request");
}

/** A logger whose lines carry the tenant and the actor as well, once the request's token has named them. */
export function requestLogger(logger: Logger, request: FastifyRequest, operation: string): Logger {
  const { tenant: app } = request;
  return app === undefined ? logger.child({ requestId: request.id, operation }) : contextLogger(logger, app, operation);
}

/** One for each request, whoever asks for it. */
export function createRequestContext(kit: TenancyKit, logger: Logger, request: FastifyRequest): RequestContext {
  request.tenantContext ??= newRequestContext(kit, logger, request);
  return request.tenantContext;
}

/** The token is read when somebody asks, and once. */
function newRequestContext(kit: TenancyKit, logger: Logger, request: FastifyRequest): RequestContext {
  const { id: requestId, headers } = request;
  let resolved: ReturnType<RequestContext["resolve"]> | undefined;
  return {
    requestId,
    kit,
    logger,
    idempotencyKey: headers["idempotency-key"],
    ifMatch: headers["if-match"],
    resolve() {
      resolved ??= resolveContext(kit, { authorization: headers.authorization, requestId }).then((app) => {
        request.tenant = app;
        addToScope(scopeOf(app));
        return app;
      });
      return resolved;
    },
  };
}
