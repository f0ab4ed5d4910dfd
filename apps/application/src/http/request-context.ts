import { isId, newId } from "@leasehold/domain/ids";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { contextLogger, type Logger } from "@leasehold/tenancy/logger";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import { addToScope, scopeOf } from "@leasehold/tenancy/telemetry/scope";
import type { FastifyRequest } from "fastify";
import type { RequestContext } from "../trpc/init.ts";

/** The caller's request id when it is well formed, so that one id finds the lines of every process. */
export function requestIdOf(headers: FastifyRequest["headers"]): string {
  const given = headers["x-request-id"];
  return isId("request", given) ? given : newId("request");
}

const resolvedContexts = new WeakMap<FastifyRequest, AppContext>();

/** A logger whose lines carry the tenant and the actor as well, once the request's token has named them. */
export function requestLogger(logger: Logger, request: FastifyRequest, operation: string): Logger {
  const app = resolvedContexts.get(request);
  return app === undefined ? logger.child({ requestId: request.id, operation }) : contextLogger(logger, app, operation);
}

/** The tenant that a request's token has named, if it has. */
export function tenantOf(request: FastifyRequest): string | null {
  return resolvedContexts.get(request)?.tenantId ?? null;
}

const contexts = new WeakMap<FastifyRequest, RequestContext>();

/** One for each request, whoever asks for it. */
export function createRequestContext(kit: TenancyKit, logger: Logger, request: FastifyRequest): RequestContext {
  const known = contexts.get(request) ?? newRequestContext(kit, logger, request);
  contexts.set(request, known);
  return known;
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
        resolvedContexts.set(request, app);
        addToScope(scopeOf(app));
        return app;
      });
      return resolved;
    },
  };
}
