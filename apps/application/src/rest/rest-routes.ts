import { STATUS_CODES } from "node:http";
import { DomainError } from "@leasehold/domain/errors";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import type { Logger } from "@leasehold/tenancy/logger";
import { entityTag, isNoneMatch } from "@leasehold/tenancy/rest/entity-tags";
import type { JsonSchema } from "@leasehold/tenancy/rest/json-schema";
import { describeProblem, problemType } from "@leasehold/tenancy/rest/problem";
import { type ListedProcedure, listProcedures, type RestOperation } from "@leasehold/tenancy/trpc/procedure-meta";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { registerBodies } from "../http/body-routes.ts";
import { createRequestContext } from "../http/request-context.ts";
import type { DownloadTimes } from "../http/watch-download.ts";
import { appRouter } from "../router.ts";
import { createCallerFactory } from "../trpc/init.ts";
import { answerProblems } from "./answer-problem.ts";
import { apiDocument, restPrefix } from "./api-document.ts";

const createCaller = createCallerFactory(appRouter);
const methods: HTTPMethods[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"];

/** The procedures at their addresses: each in process, by the same chain of checks as over tRPC. */
export function addRestRoutes(server: FastifyInstance, kit: TenancyKit, logger: Logger, downloads?: DownloadTimes): void {
  const document = apiDocument();
  server.get("/openapi.json", async () => document);
  const rest = async (scope: FastifyInstance) => {
    answerProblems(scope, logger);
    for (const procedure of listProcedures(appRouter)) {
      const { openapi } = procedure.meta;
      if (openapi === undefined) continue;
      const described = document.paths[`${restPrefix}${openapi.path}`]?.[openapi.method.toLowerCase()];
      addOperation({ scope, kit, logger, procedure, integers: integersOf(described) }, openapi);
    }
    scope.register(async (inner) => registerBodies(inner, kit, logger, { upload: "/documents/:documentId/body", downloads }));
    for (const [path, item] of Object.entries(document.paths)) refuseOtherMethods(scope, path.slice(restPrefix.length), Object.keys(item));
  };
  server.register(rest, { prefix: restPrefix });
}

interface Operation {
  scope: FastifyInstance;
  kit: TenancyKit;
  logger: Logger;
  procedure: ListedProcedure;
  /** Names in its query that are whole numbers. */
  integers: ReadonlySet<string>;
}

function addOperation({ scope, kit, logger, procedure, integers }: Operation, openapi: RestOperation): void {
  const { method, path: address, status = 200, versioned } = openapi;
  const { path, meta } = procedure;
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const context = createRequestContext(kit, logger, request);
    await context.resolve();
    if (meta.idempotent && context.idempotencyKey === undefined) throw idempotencyKeyMissing();
    const answer = await procedureAt(createCaller(context), path)(inputOf(request, integers));
    if (versioned && hasVersion(answer)) {
      reply.header("etag", entityTag(answer.version));
      if (method === "GET" && isNoneMatch(request.headers["if-none-match"], answer.version)) return reply.code(304).send();
    }
    reply.code(status).type("application/json");
    return status === 204 ? reply.removeHeader("content-type").send() : reply.send(JSON.stringify(answer));
  };
  scope.route({ method, url: fastifyPath(address), handler });
}

function hasVersion(answer: unknown): answer is { version: number } {
  return typeof answer === "object" && answer !== null && "version" in answer && typeof answer.version === "number";
}

type Call = (input: unknown) => Promise<unknown>;

function procedureAt(caller: object, path: string): Call {
  const found = path.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], caller);
  return found as Call;
}

function integersOf(described: JsonSchema | undefined): Set<string> {
  const parameters = (described?.parameters ?? []) as { in?: string; name?: string; schema?: { type?: string } }[];
  return new Set(parameters.flatMap(({ in: at, name, schema }) => (at === "query" && name && schema?.type === "integer" ? [name] : [])));
}

/** One object from body, query and path; the path counts before the others. Of the query digits alone become a number. */
function inputOf({ body, query, params }: FastifyRequest, integers: ReadonlySet<string>): unknown {
  if (body !== undefined && body !== null && (typeof body !== "object" || Array.isArray(body))) {
    throw new DomainError("VALIDATION", "Send one JSON object.", { field: "body" });
  }
  const asked = Object.entries(query as object).map(([name, value]) => [
    name,
    integers.has(name) && isDigits(value) ? Number(value) : value,
  ]);
  return { ...Object.fromEntries(asked), ...body, ...(params as object) };
}

function isDigits(value: unknown): boolean {
  return typeof value === "string" && /^\d{1,16}$/.test(value);
}

function refuseOtherMethods(scope: FastifyInstance, path: string, known: string[]): void {
  const allowed = known.map((method) => method.toUpperCase());
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    const refusal = new DomainError("VALIDATION", "This address does not take this method.", { reason: "method-not-allowed" });
    const problem = { ...describeProblem(refusal, request.id), status: 405, title: STATUS_CODES[405] };
    return reply.code(405).header("allow", allowed.join(", ")).type(problemType).send(JSON.stringify(problem));
  };
  const others = methods.filter((method) => !allowed.includes(method));
  // Before a body is looked at.
  scope.route({ method: others, url: fastifyPath(path), onRequest: refuse, handler: refuse });
}

function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

function idempotencyKeyMissing(): DomainError {
  return new DomainError("VALIDATION", "Send an Idempotency-Key with each change: one that you make, and keep for retries.", {
    field: "Idempotency-Key",
    reason: "idempotency-key-missing",
  });
}
