import { DomainError } from "@leasehold/domain/errors";
import type { Logger } from "@leasehold/tenancy/logger";
import { describeProblem, type Problem, problemType } from "@leasehold/tenancy/rest/problem";
import { domainErrorOf } from "@leasehold/tenancy/trpc/to-trpc-error";
import { TRPCError } from "@trpc/server";
import type { FastifyInstance } from "fastify";
import { ZodError } from "zod";
import { refusalOf } from "../http/answer-error.ts";
import { requestLogger } from "../http/request-context.ts";

/** Errors of the REST interface, as problem details. */
export function answerProblems(scope: FastifyInstance, logger: Logger): void {
  scope.setErrorHandler((thrown, request, reply) => {
    const refusal = thrown instanceof TRPCError ? domainErrorOf(thrown) : refusalOf(thrown);
    const log = requestLogger(logger, request, request.routeOptions.url ?? "unknown");
    if (refusal === undefined) log.error({ err: thrown instanceof TRPCError ? (thrown.cause ?? thrown) : thrown }, "request failed");
    else log.debug({ code: refusal.code, reason: refusal.reason, err: refusal.cause }, "refused");
    const problem = describeProblem(refusal, request.id, fieldsOf(thrown));
    if (problem.retryAfter !== null) reply.header("retry-after", String(problem.retryAfter));
    if (problem.status === 401) reply.header("www-authenticate", "Bearer");
    for (const name of ["content-length", "content-disposition", "etag"]) reply.removeHeader(name);
    return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
  });
  scope.setNotFoundHandler(() => {
    throw new DomainError("NOT_FOUND", "There is nothing at this address.", { reason: "route-unknown" });
  });
}

function fieldsOf(thrown: unknown): Problem["errors"] {
  const invalid = thrown instanceof TRPCError && thrown.code === "BAD_REQUEST" ? thrown.cause : undefined;
  if (!(invalid instanceof ZodError)) return [];
  return invalid.issues.map(({ path, message }) => ({ field: path.join("."), message }));
}
