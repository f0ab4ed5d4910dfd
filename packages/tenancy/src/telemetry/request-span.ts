import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { withScope } from "./scope.ts";
import { contextOf, isTraced, ourTracer } from "./trace-of.ts";

export interface RequestSpan {
  /** What is called within carries the request's id and operation, and begins its spans below this one. */
  run(work: () => void): void;
  /** 5xx is a failure. */
  end(status: number): void;
}

/** The span of one HTTP request, for servers that tell of its beginning and end apart. */
export function startRequestSpan(requestId: string, operation: string): RequestSpan {
  const fields = { requestId, operation, tenantId: null, actor: null };
  if (!isTraced()) return { run: (work) => withScope(fields, work), end: () => undefined };
  return withScope(fields, () => {
    const parent = contextOf(requestId);
    const span = ourTracer().startSpan(operation, { kind: SpanKind.SERVER }, parent);
    return {
      run: (work) => withScope({ ...fields }, () => context.with(trace.setSpan(parent, span), work)),
      end(status) {
        span.setAttribute("http.response.status_code", status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  });
}
