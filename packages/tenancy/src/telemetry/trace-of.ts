import { isId } from "@leasehold/domain/ids";
import {
  type Context,
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  type SpanContext,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";

/** Spans of ours. A framework's own are not sent: they hold addresses with their queries. `db/src/trace.ts` has the same name. */
export const tracerName = "leasehold";

/**
 * Asked for at each use: a bundle that was loaded before tracing began, with an API of its own, would keep one that does nothing.
 */
export function ourTracer(): Tracer {
  return trace.getTracer(tracerName);
}

/** Whether anybody listens: without, spans are not even begun. */
export function isTraced(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(tracerName) !== undefined;
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The trace of a request: the 128 bits of its id. Whoever knows the request's id, in another process or days later, adds to the same
 * trace, and nothing else is handed on. Undefined for what is no request id.
 */
export function traceIdOf(requestId: string | null): string | undefined {
  if (!isId("request", requestId)) return undefined;
  let value = 0n;
  for (const character of requestId.slice(requestId.indexOf("_") + 1)) value = value * 32n + BigInt(crockford.indexOf(character));
  return value.toString(16).padStart(32, "0").slice(-32);
}

/** The context that a span of the request begins in: the running one, or its trace's (nobody's span) root. */
export function contextOf(requestId: string | null): Context {
  const active = context.active();
  // A framework that is not listened to leaves empty spans in the context.
  const around = trace.getSpanContext(active);
  if (around !== undefined && isSpanContextValid(around)) return active;
  const traceId = traceIdOf(requestId);
  if (traceId === undefined) return active;
  const root: SpanContext = { traceId, spanId: traceId.slice(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace.setSpanContext(active, root);
}
