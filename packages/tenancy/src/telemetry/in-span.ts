import { isDomainError } from "@leasehold/domain/errors";
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { currentScope } from "./scope.ts";
import { contextOf, isTraced, ourTracer } from "./trace-of.ts";

export interface SpanOptions {
  kind?: SpanKind;
  /** Names of ours, sizes and codes; never a value that somebody wrote. */
  attributes?: Attributes;
}

/** Runs work in a span of the running request. An error is named by its code or type; its message stays in the log. */
export async function inSpan<T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {} }: SpanOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (!isTraced()) return work();
  const parent = contextOf(currentScope().requestId);
  const span = ourTracer().startSpan(name, { kind, attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed, by the kind of the error. */
export function failSpan(span: Span, error: unknown): void {
  const kind = isDomainError(error) ? error.code : error instanceof Error ? error.name : "unknown";
  span.setAttribute("error.type", kind);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
