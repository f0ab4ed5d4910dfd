import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { metrics } from "@leasehold/tenancy/telemetry/metrics";

/** `GET /healthz`: 200 when every part is at work, 503 otherwise, naming the parts. `GET /metrics` for Prometheus. Resolves when it listens. */
export async function serveHealth(
  { host, port }: { host: string; port: number },
  parts: () => Record<string, boolean>,
): Promise<{ port: number; stop(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    if (request.url === "/metrics") {
      metrics.metrics().then(
        (text) => response.writeHead(200, { "content-type": metrics.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
      return;
    }
    const state = parts();
    const known = request.url === "/healthz";
    const ready = Object.values(state).every(Boolean);
    response.writeHead(!known ? 404 : ready ? 200 : 503, { "content-type": "application/json" });
    response.end(JSON.stringify(known ? { status: ready ? "ready" : "starting", ...state } : {}));
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
