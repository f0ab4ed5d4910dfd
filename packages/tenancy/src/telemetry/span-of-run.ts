import { SpanStatusCode } from "@opentelemetry/api";
import { currentScope } from "./scope.ts";
import { contextOf, ourTracer } from "./trace-of.ts";

/** A span of something that has happened already, from `began` to now. */
export function spanOfRun(name: string, began: Date, outcome: string): void {
  const span = ourTracer().startSpan(name, { startTime: began, attributes: { outcome } }, contextOf(currentScope().requestId));
  if (outcome === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
