import type { Scope } from "@leasehold/domain/roles";
import type { AnyRouter } from "@trpc/server";
import type { ZodType } from "zod";

/** How a procedure appears in the REST interface. */
export interface RestOperation {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below the version's prefix; `{name}` is a member of the input. */
  path: `/${string}`;
  summary: string;
  tag: string;
  /** Of the answer; 200 unless told, and 204 has no body. */
  status?: 200 | 201 | 204;
  /** What it reads or changes has a `version`, told as its ETag: reading takes `If-None-Match`, a change takes `If-Match`. */
  versioned?: true;
}

/** What a procedure says of itself, for the REST interface, limits and tests. */
export interface ProcedureMeta {
  scope?: Scope;
  openapi?: RestOperation;
  /** For the product's own processes: not part of the REST interface. */
  internal?: boolean;
  /** Takes an idempotency key. */
  idempotent?: boolean;
}

export interface ListedProcedure {
  /** `documents.list` */
  path: string;
  type: "query" | "mutation" | "subscription";
  meta: ProcedureMeta;
  /** Undefined when it takes nothing. More than one when middlewares ask for something of their own. */
  inputs: ZodType[];
  output: ZodType | undefined;
}

/** Every procedure of a router, whatever it is nested in. */
export function listProcedures(router: AnyRouter): ListedProcedure[] {
  type Definition = { type: ListedProcedure["type"]; meta?: ProcedureMeta; inputs: ZodType[]; output?: ZodType };
  const procedures = router._def.procedures as Record<string, { _def: Definition }>;
  return Object.entries(procedures).map(([path, { _def }]) => {
    const { type, meta = {}, inputs, output } = _def;
    return { path, type, meta, inputs, output };
  });
}
