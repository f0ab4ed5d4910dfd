import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { sqlStateOf } from "./errors.ts";

/** Runs a transaction in a span named after its entry. Nothing of its statements is in it. Costs nothing where nobody traces. */
export async function inTransactionSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Asked for at each use, as packages/tenancy/src/telemetry/trace-of.ts says.
  const span = trace
    .getTracer("leasehold")
    .startSpan(name, { kind: SpanKind.CLIENT, attributes: { "db.system.name": "postgresql", "db.operation.name": name } });
  try {
    return await work();
  } catch (error) {
    span.setAttribute("error.type", sqlStateOf(error) ?? (error instanceof Error ? error.name : "unknown"));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
