import { DomainError, errorTable, isDomainError } from "@leasehold/domain/errors";
import type { Logger } from "@leasehold/tenancy/logger";
import type { FastifyInstance } from "fastify";
import { requestLogger } from "./request-context.ts";

/** Errors of plain HTTP routes: `{ error: { code, message, reason, field, retryAfterSeconds, requestId } }`. */
export function answerErrors(server: FastifyInstance, logger: Logger): void {
  server.setErrorHandler((error, request, reply) => {
    const domain = refusalOf(error);
    if (domain === undefined) requestLogger(logger, request, request.routeOptions.url ?? "unknown").error({ err: error }, "request failed");
    if (domain?.retryAfterSeconds !== undefined) reply.header("retry-after", String(domain.retryAfterSeconds));
    const message = domain?.message ?? `Something went wrong. Reference: ${request.id}.`;
    const { code = "INTERNAL", reason = null, field = null, retryAfterSeconds = null } = domain ?? {};
    const answer = { code, message, reason, field, retryAfterSeconds, requestId: request.id };
    // A download that fails before its first byte has set the body's own headers.
    for (const name of ["content-length", "content-disposition"]) reply.removeHeader(name);
    reply.type("application/json");
    return reply.code(domain === undefined ? 500 : errorTable[domain.code].http).send({ error: answer });
  });
  server.setNotFoundHandler(() => {
    throw new DomainError("NOT_FOUND", "There is nothing at this address.", { reason: "route-unknown" });
  });
}

/** What Fastify itself refuses, too large a body or malformed input, is the caller's to mend. */
export function refusalOf(error: unknown): DomainError | undefined {
  if (isDomainError(error)) return error;
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status < 400 || status >= 500) return undefined;
  return new DomainError("VALIDATION", status === 413 ? "The request is too large." : "The request is not valid.", { cause: error });
}
