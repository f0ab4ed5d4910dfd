import { errorTable } from "@leasehold/domain/errors";
import type { AnyRouter } from "@trpc/server";
import { type ListedProcedure, listProcedures, type RestOperation } from "../trpc/procedure-meta.ts";
import { type JsonSchema, jsonSchemaOf, withoutNull } from "./json-schema.ts";
import { problemSchema, problemType } from "./problem.ts";

export type PathItem = Record<string, JsonSchema>;

export interface OpenApiDocument extends JsonSchema {
  openapi: "3.1.0";
  paths: Record<string, PathItem>;
}

export interface DocumentOptions {
  title: string;
  description: string;
  version: string;
  /** Before every path: `/v1`. */
  prefix: `/${string}`;
  /** Operations that are no procedures: bodies that stream. */
  more?: Record<string, PathItem>;
}

const refusals = [...Object.values(errorTable).map(({ http }) => http), 500].sort();

/** What any operation may answer when it refuses. */
export const problemResponses: JsonSchema = Object.fromEntries([
  ...refusals.map((status) => [String(status), { $ref: "#/components/responses/Problem" }]),
  ["default", { $ref: "#/components/responses/Problem" }],
]);

/** The OpenAPI 3.1 document of a router: one operation for each procedure that says how it appears. */
export function buildDocument(router: AnyRouter, { title, description, version, prefix, more = {} }: DocumentOptions): OpenApiDocument {
  const paths: Record<string, PathItem> = {};
  const add = (path: string, item: PathItem) => {
    paths[`${prefix}${path}`] = { ...paths[`${prefix}${path}`], ...item };
  };
  for (const procedure of listProcedures(router)) {
    const { openapi } = procedure.meta;
    if (openapi !== undefined) add(openapi.path, { [openapi.method.toLowerCase()]: describeOperation(procedure, openapi) });
  }
  for (const [path, item] of Object.entries(more)) add(path, item);
  return { openapi: "3.1.0", info: { title, description, version }, servers: [{ url: "/" }], paths, components };
}

/** The names in a path's braces. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}

function describeOperation({ path, meta, inputs, output }: ListedProcedure, operation: RestOperation): JsonSchema {
  const input = inputs.map((schema) => jsonSchemaOf(schema, "input"));
  const properties = Object.assign({}, ...input.map(({ properties }) => properties)) as Record<string, JsonSchema>;
  const required = input.flatMap((schema) => (schema.required as string[] | undefined) ?? []);
  const inPath = pathParameters(operation.path);
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const inBody = operation.method === "GET" || operation.method === "DELETE" ? [] : others;
  const parameters = [
    ...inPath.map((name) => ({ name, in: "path", required: true, schema: properties[name] })),
    ...others
      .filter((name) => !inBody.includes(name))
      .map((name) => ({ name, in: "query", required: required.includes(name), schema: withoutNull(properties[name] ?? {}) })),
    ...(meta.idempotent ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
    ...(operation.versioned ? [{ $ref: `#/components/parameters/${operation.method === "GET" ? "IfNoneMatch" : "IfMatch"}` }] : []),
  ];
  const status = operation.status ?? 200;
  const body: JsonSchema = {
    type: "object",
    properties: pick(properties, inBody),
    required: required.filter((name) => inBody.includes(name)),
  };
  const tagged = operation.versioned && status !== 204;
  const content = output === undefined || status === 204 ? {} : { content: json(jsonSchemaOf(output, "output")) };
  return {
    operationId: path,
    summary: operation.summary,
    tags: [operation.tag],
    security: [{ bearer: meta.scope === undefined ? [] : [meta.scope] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(inBody.length > 0 ? { requestBody: { required: true, content: json(body) } } : {}),
    responses: {
      [status]: { description: status === 204 ? "Done." : "As asked for.", ...(tagged ? { headers: tagHeader } : {}), ...content },
      ...(operation.versioned && operation.method === "GET" ? notModified : {}),
      ...problemResponses,
    },
  };
}

export const tagHeader: JsonSchema = { ETag: { $ref: "#/components/headers/ETag" } };

/** For reading what has a version: the answer to a reader who has it, and the tag beside it otherwise. */
export const notModified: JsonSchema = { 304: { description: "It is what you have.", headers: tagHeader } };
export const ifNoneMatch: JsonSchema = { $ref: "#/components/parameters/IfNoneMatch" };

const json = (schema: JsonSchema): JsonSchema => ({ "application/json": { schema } });
const pick = (from: Record<string, JsonSchema>, names: string[]) => Object.fromEntries(names.map((name) => [name, from[name]]));

const components: JsonSchema = {
  securitySchemes: {
    bearer: { type: "http", scheme: "bearer", bearerFormat: "lhk_…", description: "An API key, made in the portal's settings." },
  },
  parameters: {
    IdempotencyKey: {
      name: "Idempotency-Key",
      in: "header",
      required: true,
      description: "Made by the caller, one for each change. The same again within a day is answered as before and has no other effect.",
      schema: { type: "string", pattern: "^[!-~]{1,255}$" },
    },
    IfMatch: {
      name: "If-Match",
      in: "header",
      required: false,
      description: "The ETag of what is changed, as it was read. Where it has changed since, nothing is done, and the answer is 412.",
      schema: { type: "string" },
    },
    IfNoneMatch: {
      name: "If-None-Match",
      in: "header",
      required: false,
      description: "The ETag of what you have. Where that is what there is, the answer is 304, without it.",
      schema: { type: "string" },
    },
  },
  headers: {
    ETag: {
      description: "The version, as a strong entity tag of this address.",
      schema: { type: "string", pattern: '^"\\d{1,9}"$' },
    },
  },
  responses: {
    Problem: {
      description: "Refused, or failed: RFC 9457.",
      headers: { "Retry-After": { description: "Seconds, when a retry can succeed.", schema: { type: "string" } } },
      content: { [problemType]: { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  },
  schemas: { Problem: jsonSchemaOf(problemSchema, "output") },
};
