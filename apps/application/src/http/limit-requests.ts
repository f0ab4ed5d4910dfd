import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import type { RequestToAdmit } from "@leasehold/tenancy/limits/create-limits";
import type { Logger } from "@leasehold/tenancy/logger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { readBody } from "./read-body.ts";
import { createRequestContext } from "./request-context.ts";

/**
 * Admits each request of a tenant before its body is read and before its handler runs; every answer says what is left. A request
 * that no tenant can be named for passes, and its handler refuses it. The worker's verification is not a tenant's use.
 */
export function limitRequests(server: FastifyInstance, kit: TenancyKit, logger: Logger): void {
  server.addHook("onRequest", async (request, reply) => {
    const app = await createRequestContext(kit, logger, request)
      .resolve()
      .catch(() => undefined);
    if (app === undefined || app.tokenScope !== undefined) return;
    const asked = requestOf(app, request);
    try {
      const { headers, release } = await kit.limits.admit(app, asked);
      reply.headers(headers);
      if (reply.raw.closed || reply.raw.destroyed) release();
      else reply.raw.once("close", release);
    } catch (error) {
      readBody(request.raw).drain();
      reply.headers(kit.limits.headersOf(app, asked, error));
      throw error;
    }
  });
}

function requestOf({ actor, keyRate }: AppContext, request: FastifyRequest): RequestToAdmit {
  return { apiKeyId: actor.type === "api-key" ? actor.keyId : undefined, keyRate, requests: proceduresOf(request) };
}

/** A batch counts for each of its procedures. */
function proceduresOf({ params, query }: FastifyRequest): number {
  const batched = typeof query === "object" && query !== null && "batch" in query;
  const path = typeof params === "object" && params !== null && "path" in params ? String(params.path) : "";
  return batched ? path.split(",").length : 1;
}
