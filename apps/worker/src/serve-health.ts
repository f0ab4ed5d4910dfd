import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answerMetrics } from "@leasehold/tenancy/telemetry/serve-metrics";
import { type Listening, listen } from "@leasehold/tenancy/web/listen";
import { decodePath } from "./payloads/answer-decode.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * `GET /healthz`: 200 when every part is at work, 503 otherwise, naming the parts. `GET /metrics` for Prometheus. `decode` answers the
 * console, once it is there. Resolves when it listens.
 */
export function serveHealth(
  address: { host: string; port: number },
  parts: () => Record<string, boolean>,
  decode: () => Handler | undefined,
): Promise<Listening> {
  const server = createServer((request, response) => {
    if (request.url === "/metrics") return answerMetrics(response);
    if (request.url === decodePath) {
      const handler = decode();
      if (handler !== undefined) return handler(request, response);
    }
    const state = parts();
    const known = request.url === "/healthz";
    const ready = Object.values(state).every(Boolean);
    response.writeHead(!known ? 404 : ready ? 200 : 503, { "content-type": "application/json" });
    response.end(JSON.stringify(known ? { status: ready ? "ready" : "starting", ...state } : {}));
  });
  return listen(server, address);
}
