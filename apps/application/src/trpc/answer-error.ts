import { errorTable } from "@leasehold/domain/errors";
import type { Logger } from "@leasehold/tenancy/logger";
import { toTRPCError } from "@leasehold/tenancy/trpc/to-trpc-error";
import { type AnyTRPCRouter, getTRPCErrorShape, transformTRPCResponse } from "@trpc/server";
import type { FastifyInstance } from "fastify";
import { refusalOf } from "../http/answer-error.ts";
import { requestLogger } from "../http/request-context.ts";

/** What is refused before a procedure runs, in the shape that a procedure's own error has. */
export function answerTRPCErrors(scope: FastifyInstance, router: AnyTRPCRouter, logger: Logger): void {
  const config = router._def._config;
  scope.setErrorHandler<Error, { Params: { path?: string }; Querystring: { batch?: string } }>((thrown, request, reply) => {
    const domain = refusalOf(thrown);
    if (domain === undefined) requestLogger(logger, request, "trpc").error({ err: thrown }, "request failed");
    if (domain?.retryAfterSeconds !== undefined) reply.header("retry-after", String(domain.retryAfterSeconds));
    const answers = (request.params.path ?? "").split(",").map((path) => {
      const error = toTRPCError(domain ?? thrown);
      const shape = getTRPCErrorShape({ config, error, type: "unknown", path, input: undefined, ctx: { requestId: request.id } });
      return transformTRPCResponse(config, { error: shape });
    });
    reply.code(domain === undefined ? 500 : errorTable[domain.code].http);
    return reply.type("application/json").send(JSON.stringify(request.query.batch === undefined ? answers[0] : answers));
  });
}
