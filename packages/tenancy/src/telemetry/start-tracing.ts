import { context, ProxyTracerProvider, type TracerProvider as Tracers, trace } from "@opentelemetry/api";
import { tracesAreWanted } from "../env.ts";
import { currentScope, scopeAttributes } from "./scope.ts";
import { tracerName } from "./trace-of.ts";

/**
 * Sends spans to the collector that OpenTelemetry's own settings name (OTEL_EXPORTER_OTLP_ENDPOINT); without one nothing is loaded and
 * spans cost nothing. Every span carries tenant, request, actor and operation. Once per process, before its first request.
 * @returns how to send what is left
 */
export async function startTracing(serviceName: string): Promise<() => Promise<void>> {
  if (!tracesAreWanted()) return async () => {};
  const [{ AsyncLocalStorageContextManager }, { OTLPTraceExporter }, { resourceFromAttributes }, { BatchSpanProcessor, TracerProvider }] =
    await Promise.all([
      import("@opentelemetry/context-async-hooks"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
      import("@opentelemetry/sdk-trace"),
    ]);
  const nothing = async () => {};
  const scoped = {
    onStart: (span: { setAttributes(attributes: Record<string, string>): unknown }) =>
      void span.setAttributes(scopeAttributes(currentScope())),
    onEnd: () => {},
    forceFlush: nothing,
    shutdown: nothing,
  };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": `leasehold-${serviceName}` }),
    spanProcessors: [scoped, new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(oursAlone(provider));
  return () => provider.shutdown();
}

/** Next.js traces by itself as soon as somebody listens, with addresses and their queries: it is given tracers that do nothing. */
function oursAlone(provider: Tracers): Tracers {
  const nobody = new ProxyTracerProvider();
  return { getTracer: (name, ...rest) => (name === tracerName ? provider : nobody).getTracer(name, ...rest) };
}
