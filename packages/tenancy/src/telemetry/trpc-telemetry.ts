import { SpanKind } from "@opentelemetry/api";
import type { TRPCError } from "@trpc/server";
import { domainErrorOf } from "../trpc/to-trpc-error.ts";
import { inSpan } from "./in-span.ts";
import { observeRequest } from "./metrics.ts";
import { type TelemetryScope, withScope } from "./scope.ts";

type Outcome = { ok: true } | { ok: false; error: TRPCError };

/** Runs a procedure with its name and request on every log line and span, in a span of its own, and counts it. */
export function observeProcedure<R extends Outcome>(
  { requestId, path, ...known }: Partial<TelemetryScope> & { requestId: string; path: string },
  next: () => Promise<R>,
): Promise<R> {
  const begun = performance.now();
  return withScope({ requestId, operation: path, ...known }, async () => {
    let result: R | undefined;
    const spanned = inSpan(path, { kind: SpanKind.SERVER }, async () => {
      result = await next();
      if (!result.ok) throw domainErrorOf(result.error) ?? result.error;
    });
    // The procedure's own answer is the result; the span only learns how it ended.
    await spanned.catch((error: unknown) => {
      if (result === undefined) throw error;
    });
    const ended = result as R;
    observeRequest(path, codeOfResult(ended), (performance.now() - begun) / 1_000);
    return ended;
  });
}

/** How a procedure ended: `ok`, our code, or tRPC's. */
export function codeOfResult(result: Outcome): string {
  return result.ok ? "ok" : (domainErrorOf(result.error)?.code ?? result.error.code);
}
