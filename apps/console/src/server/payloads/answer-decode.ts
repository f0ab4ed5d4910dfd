import { recordPayloadReads } from "@leasehold/db/control/payload-reads/record-payload-reads";
import { actorRef } from "@leasehold/domain/context";
import { type DomainErrorCode, errorTable } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { lacksScope, operatorMay } from "@leasehold/domain/operators";
import type { Logger } from "@leasehold/tenancy/logger";
import { signDecodeToken } from "@leasehold/tenancy/payloads/codec-server/decode-token";
import { summarizeOwners } from "@leasehold/tenancy/payloads/codec-server/summarize";
import { maxDecodeBytes, readWire } from "@leasehold/tenancy/payloads/codec-server/wire";
import { observeRoute } from "@leasehold/tenancy/telemetry/observe-route";
import { addToScope } from "@leasehold/tenancy/telemetry/scope";
import type { JWK } from "jose";
import type { Pool } from "pg";
import type { Operator } from "../identity/auth.ts";
import { readText } from "./read-text.ts";
import type { RequestBudget } from "./request-budget.ts";

export interface DecodeSettings {
  /** Pages of these origins may ask: the Temporal UI's and our own. */
  origins: readonly string[];
  /** Where the worker opens payloads, and what the console signs with. Without them nothing is opened. */
  payloadsUrl: string | undefined;
  tokenKey: JWK | undefined;
}

export interface DecodeNeeds {
  settings: DecodeSettings;
  pool: Pool;
  operatorOf(headers: Headers): Promise<Operator | undefined>;
  budget: RequestBudget;
  logger: Pick<Logger, "info" | "warn">;
}

const workerMs = 10_000;
const namespacePattern = /^[\w.-]{1,100}$/;

/**
 * The codec server of the Temporal UI. Its page asks with the operator's session of the console; what is read is written down first,
 * tenant by tenant, and opened by the worker: the console itself holds no key. No answer but 200 has content.
 */
export function answerDecode(request: Request, needs: DecodeNeeds): Promise<Response> {
  const requestId = newId("request");
  return observeRoute({ requestId, operation: "payloads.decode", logger: needs.logger }, () => decode(request, requestId, needs));
}

async function decode(request: Request, requestId: string, needs: DecodeNeeds): Promise<Response> {
  const { settings, budget } = needs;
  const origin = request.headers.get("origin") ?? "";
  if (!settings.origins.includes(origin)) return refuse("FORBIDDEN", "This page may not ask.", {});
  const cors = corsOf(origin);
  const operator = await needs.operatorOf(request.headers);
  if (operator === undefined) return refuse("UNAUTHENTICATED", "Sign in to the console, then reload this page.", cors);
  addToScope({ actor: actorRef({ type: "operator", operatorId: operator.operatorId }) });
  if (operator.mustEnrol) return refuse("FORBIDDEN", "Set up your second factor in the console first.", cors);
  if (!operatorMay(operator.role, "payloads:read")) return refuse("FORBIDDEN", lacksScope("payloads:read").message, cors);
  if (settings.payloadsUrl === undefined || settings.tokenKey === undefined)
    return refuse("NOT_FOUND", "No payloads are opened here.", cors);
  if (!budget.take(operator.operatorId))
    return refuse("LIMIT_EXCEEDED", "Too many at once. Wait a moment.", { ...cors, "retry-after": "2" });
  const body = await readText(request, maxDecodeBytes);
  if (body === undefined) return refuse("VALIDATION", "This is more than is opened at once.", cors, 413);
  const payloads = readWire(body);
  if (payloads === undefined) return refuse("VALIDATION", "This is not a list of payloads.", cors);
  try {
    const asked = request.headers.get("x-namespace") ?? "";
    const namespace = namespacePattern.test(asked) ? asked : "unknown";
    const by = { operatorId: operator.operatorId, requestId, namespace };
    await recordPayloadReads(needs.pool, by, summarizeOwners(payloads));
    const token = await signDecodeToken(settings.tokenKey, operator.operatorId, body);
    const opened = await fetch(settings.payloadsUrl, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(workerMs),
    });
    if (!opened.ok) throw new Error(`the worker answered ${opened.status}`);
    return new Response(await opened.text(), { headers: { ...cors, "content-type": "application/json", "cache-control": "no-store" } });
  } catch (err) {
    needs.logger.warn({ err }, "payloads could not be opened");
    return refuse("UNAVAILABLE", "They cannot be opened right now.", cors);
  }
}

/** What a page of another origin asks before it asks. */
export function answerPreflight(request: Request, { origins }: Pick<DecodeSettings, "origins">): Response {
  const origin = request.headers.get("origin") ?? "";
  if (!origins.includes(origin)) return new Response(null, { status: 403 });
  const methods = {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type, x-namespace",
    "access-control-max-age": "600",
  };
  return new Response(null, { status: 204, headers: { ...corsOf(origin), ...methods } });
}

function corsOf(origin: string): Record<string, string> {
  return { "access-control-allow-origin": origin, "access-control-allow-credentials": "true", vary: "Origin" };
}

function refuse(code: DomainErrorCode, message: string, headers: Record<string, string>, status: number = errorTable[code].http): Response {
  return Response.json({ code, message }, { status, headers: { ...headers, "cache-control": "no-store" } });
}
