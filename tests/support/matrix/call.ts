import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { isDomainError } from "@leasehold/domain/errors";
import type { RestOperation } from "@leasehold/tenancy/trpc/procedure-meta";
import superjson from "superjson";
import * as portalAudit from "../../../apps/portal/src/app/api/audit/[slug]/route.ts";
import * as portalDocuments from "../../../apps/portal/src/app/api/documents/[slug]/[documentId]/route.ts";
import * as portalExports from "../../../apps/portal/src/app/api/exports/[slug]/[exportId]/route.ts";
import * as portalProcedures from "../../../apps/portal/src/app/api/trpc/[trpc]/route.ts";
import type { Caller, MatrixApp } from "./case.ts";
import { callCodec } from "./codec-route.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import type { Procedure } from "./procedures.ts";

export interface Answer {
  /** `ok`, or the code of the refusal; `FAULT` for anything else. */
  code: string;
  /** As it came, without what differs from request to request. */
  text: string;
  /** Whether the portal asked the application plane for it. */
  passedOn?: boolean;
}

type Kind = Procedure["kind"];
const streamMs = 1_500;
/** In this process a refusal comes before the stream does. */
const consoleStreamMs = 500;

/** Calls a procedure or a route of an app the way that its clients do, or for the console in process, behind the same sign-in. */
export async function call(world: MatrixWorld, procedure: Procedure, caller: Caller, input: unknown): Promise<Answer> {
  if (procedure.app !== "portal") return callApp(world, procedure, caller, input);
  let passedOn = false;
  const noticed = (message: unknown) => {
    passedOn ||= (message as { request: { origin: string } }).request.origin === new URL(world.applicationUrl).origin;
  };
  subscribe("undici:request:create", noticed);
  try {
    return { ...(await callApp(world, procedure, caller, input)), passedOn };
  } finally {
    unsubscribe("undici:request:create", noticed);
  }
}

function callApp(world: MatrixWorld, { app, name, kind, rest }: Procedure, caller: Caller, input: unknown): Promise<Answer> {
  if (rest !== undefined) return callRest(world, rest, caller, (input ?? {}) as Record<string, unknown>);
  if (kind === "route") return callRoute(world, app, caller, input as RouteInput);
  if (app === "console") return callConsole(world, name, kind, caller, input);
  return callProcedure(world, app, name, kind, caller, input);
}

export interface RouteInput {
  method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  path: string;
  body?: string;
}

async function headersOf(caller: Caller, extra: Record<string, string> = {}): Promise<Headers> {
  const headers = new Headers(extra);
  if (caller.cookie) headers.set("cookie", caller.cookie);
  const authorization = await caller.authorization?.();
  if (authorization) headers.set("authorization", authorization);
  return headers;
}

async function callProcedure(
  world: MatrixWorld,
  app: "portal" | "application",
  name: string,
  kind: Kind,
  caller: Caller,
  input: unknown,
): Promise<Answer> {
  const base = app === "portal" ? `${world.portalUrl}/api/trpc` : `${world.applicationUrl}/trpc`;
  const json = JSON.stringify(superjson.serialize(input));
  const url = kind === "mutation" || input === undefined ? `${base}/${name}` : `${base}/${name}?input=${encodeURIComponent(json)}`;
  const headers = await headersOf(caller, { "content-type": "application/json" });
  if (kind === "subscription") headers.set("accept", "text/event-stream");
  const stop = new AbortController();
  const request = { method: kind === "mutation" ? "POST" : "GET", headers, signal: stop.signal };
  const body = kind === "mutation" && input !== undefined ? { body: json } : {};
  const response =
    app === "portal" ? await portalProcedures.POST(new Request(url, { ...request, ...body })) : await fetch(url, { ...request, ...body });
  return answerOf(response, kind === "subscription" ? await readStream(response, stop) : await response.text());
}

/** What a stream says at first; it is left then, as by somebody who closes the page. */
async function readStream(response: Response, stop: AbortController): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const deadline = AbortSignal.timeout(streamMs);
  const over = new Promise<{ done: true; value: undefined }>((resolve) =>
    deadline.addEventListener("abort", () => resolve({ done: true, value: undefined })),
  );
  for (;;) {
    const next = await Promise.race([reader?.read(), over]);
    if (next === undefined || next.done) break;
    text += next.value;
    if (/"seq".*\n\n|event: serialized-error\n.*\n\n|event: return/s.test(text)) break;
  }
  stop.abort();
  await reader?.cancel().catch(() => undefined);
  return text;
}

/** Members of the input that the path names go there, the others into the query or the body. */
async function callRest(
  world: MatrixWorld,
  { method, path, versioned }: RestOperation,
  caller: Caller,
  input: Record<string, unknown>,
): Promise<Answer> {
  const others = Object.entries(input).filter(([name]) => !path.includes(`{${name}}`));
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const url = new URL(`${world.applicationUrl}/v1${address}`);
  const inQuery = method === "GET" || method === "DELETE";
  if (inQuery) for (const [name, value] of others) url.searchParams.set(name, String(value));
  const headers = await headersOf(caller, inQuery ? {} : { "content-type": "application/json" });
  if (method !== "GET") headers.set("idempotency-key", crypto.randomUUID());
  // Whatever is there fulfils the first; the second, of a version that nobody has, is fulfilled by what is not there as well.
  if (versioned) headers.set(method === "GET" ? "if-none-match" : "if-match", method === "GET" ? '"999999999"' : "*");
  const response = await fetch(url, { method, headers, ...(inQuery ? {} : { body: JSON.stringify(Object.fromEntries(others)) }) });
  return answerOf(response, await response.text());
}

async function callRoute(world: MatrixWorld, app: MatrixApp, caller: Caller, { method, path, body }: RouteInput): Promise<Answer> {
  const headers = await headersOf(caller, body === undefined ? {} : { "content-type": "text/plain" });
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  if (app === "application") {
    const response = await fetch(`${world.applicationUrl}${path}`, init);
    return answerOf(response, await response.text());
  }
  if (app === "console") {
    const response = await callCodec(world, headers, body ?? "");
    return answerOf(response, await response.text());
  }
  const request = new Request(`${world.portalUrl}${path}`, init);
  const [slug = "", documentId = ""] = new URL(request.url).pathname.split("/").slice(3);
  if (path.startsWith("/api/exports/")) {
    const response = await portalExports.GET(request, { params: Promise.resolve({ slug, exportId: documentId }) });
    return answerOf(response, await response.text());
  }
  if (path.startsWith("/api/audit/")) {
    const response = await portalAudit.GET(request, { params: Promise.resolve({ slug }) });
    return answerOf(response, await response.text());
  }
  const handler = method === "PUT" ? portalDocuments.PUT : portalDocuments.GET;
  const response = await handler(request, { params: Promise.resolve({ slug, documentId }) });
  return answerOf(response, await response.text());
}

async function callConsole(world: MatrixWorld, name: string, kind: Kind, caller: Caller, input: unknown): Promise<Answer> {
  const procedures = await world.consoleFor(await headersOf(caller));
  try {
    const procedure = name.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], procedures);
    const result = await (procedure as (given: unknown) => Promise<unknown>)(input);
    return { code: "ok", text: unstable(JSON.stringify(kind === "subscription" ? await firstOf(result) : result) ?? "") };
  } catch (error) {
    const refusal = error as Error & { code?: string };
    const cause = refusal.cause ?? refusal;
    if (isDomainError(cause)) return { code: cause.code, text: `${cause.code} ${cause.reason} ${cause.field} ${cause.message}` };
    if (refusal.code === "BAD_REQUEST") return { code: "VALIDATION", text: refusal.message };
    return { code: "FAULT", text: String(cause) };
  }
}

async function firstOf(result: unknown): Promise<unknown> {
  const iterator = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const over = new Promise((resolve) => setTimeout(() => resolve("silence"), consoleStreamMs));
  const first = iterator.next().then(({ value }) => value);
  const said = await Promise.race([first, over]);
  if (said === "silence") void first.catch(() => undefined);
  else await iterator.return?.();
  return said;
}

function answerOf(response: Response, text: string): Answer {
  const domain = /"(?:domainCode|code)":"([A-Z_]+)"/.exec(
    text.includes('"domainCode"') ? text.slice(text.indexOf('"domainCode"')) : text,
  )?.[1];
  const refused = !response.ok || text.includes("serialized-error");
  const code = refused ? (domain ?? (response.status === 400 ? "VALIDATION" : "FAULT")) : "ok";
  return { code, text: `${response.status} ${response.headers.get("etag") ?? ""} ${unstable(text)}` };
}

/** Request ids, and the path that tRPC repeats, say nothing of what was asked for. */
function unstable(text: string): string {
  return text.replaceAll(/req_[0-9A-Z]{26}/g, "req");
}
