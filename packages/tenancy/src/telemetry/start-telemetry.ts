import type { Listening } from "../web/listen.ts";
import { startTracing } from "./start-tracing.ts";

export interface TelemetryOptions {
  serviceName: string;
  /** Where Prometheus reads `/metrics`; nothing listens without a port. */
  metrics: { host: string; port: number | undefined };
}

/**
 * Spans and metrics of a process whose server is somebody else's, as Next.js's: what is left is sent as the process is told to end. Loads
 * nothing that is not asked for. Throws when the address is taken.
 */
export async function startTelemetry({ serviceName, metrics: { host, port } }: TelemetryOptions): Promise<Listening | undefined> {
  const endTracing = await startTracing(serviceName);
  const send = () => void endTracing().catch(() => {});
  process.once("SIGTERM", send).once("SIGINT", send);
  if (port === undefined) return undefined;
  const { serveMetrics } = await import("./serve-metrics.ts");
  return serveMetrics({ host, port });
}
