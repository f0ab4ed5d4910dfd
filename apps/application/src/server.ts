import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import type { Logger } from "@leasehold/tenancy/logger";
import { domainErrorOf } from "@leasehold/tenancy/trpc/to-trpc-error";
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import fastify, { type FastifyInstance } from "fastify";
import { addArchiveRoute } from "./exports/archive-route.ts";
import { answerErrors } from "./http/answer-error.ts";
import { addBodyRoutes } from "./http/body-routes.ts";
import { limitRequests } from "./http/limit-requests.ts";
import { observeRequests } from "./http/observe-requests.ts";
import { addRequestContext, createRequestContext, requestIdOf, requestLogger } from "./http/request-context.ts";
import { addSecurityHeaders } from "./http/security-headers.ts";
import type { DownloadTimes } from "./http/watch-download.ts";
import { addDocsPage } from "./rest/docs-page.ts";
import { addRestRoutes } from "./rest/rest-routes.ts";
import { type AppRouter, appRouter } from "./router.ts";
import { answerTRPCErrors } from "./trpc/answer-error.ts";

/** Milliseconds: until a whole request with its body has come, a silent connection. Answers: `downloadTimes`. */
const timeouts = { requestTimeout: 300_000, connectionTimeout: 60_000, keepAliveTimeout: 30_000 };
const jsonBytes = 256 * 1024;

/** The application plane's HTTP server: tRPC, bodies of documents and health. Listens when told to. */
export function createServer(kit: TenancyKit, logger: Logger, downloads?: DownloadTimes): FastifyInstance {
  const server = fastify({
    ...timeouts,
    bodyLimit: jsonBytes,
    logger: false,
    genReqId: (request) => requestIdOf(request.headers),
    routerOptions: { maxParamLength: 2_000 },
  });
  addRequestContext(server);
  observeRequests(server, logger);
  addSecurityHeaders(server);
  answerErrors(server, logger);
  limitRequests(server, kit, logger);
  server.get("/healthz", async (_request, reply) => {
    await kit.ping().catch((err: unknown) => {
      logger.error({ err }, "a database does not answer");
      reply.code(503);
    });
    return { status: reply.statusCode === 200 ? "ok" : "unavailable" };
  });
  server.register(async (scope) => {
    answerTRPCErrors(scope, appRouter, logger);
    scope.register(fastifyTRPCPlugin, { prefix: "/trpc", trpcOptions: trpcOptions(kit, logger) });
  });
  addBodyRoutes(server, kit, logger, downloads);
  addArchiveRoute(server, kit, logger);
  addRestRoutes(server, kit, logger, downloads);
  addDocsPage(server);
  return server;
}

function trpcOptions(kit: TenancyKit, logger: Logger): FastifyTRPCPluginOptions<AppRouter>["trpcOptions"] {
  return {
    router: appRouter,
    createContext: ({ req }) => createRequestContext(kit, logger, req),
    onError({ error, path, req }) {
      const domain = domainErrorOf(error);
      const log = requestLogger(logger, req, path ?? "unknown");
      if (domain !== undefined) log.debug({ code: domain.code, reason: domain.reason, err: domain.cause }, "refused");
      else if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause ?? error }, "procedure failed");
    },
    responseMeta({ errors }) {
      const waits = errors.map((error) => domainErrorOf(error)?.retryAfterSeconds ?? 0);
      const longest = Math.max(0, ...waits);
      return longest > 0 ? { headers: { "retry-after": String(longest) } } : {};
    },
  };
}
