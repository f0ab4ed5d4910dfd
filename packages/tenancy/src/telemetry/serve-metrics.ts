import { createServer, type ServerResponse } from "node:http";
import { type Listening, listen } from "../web/listen.ts";
import { metrics } from "./metrics.ts";

/** Answers with this process's metrics, as Prometheus reads them. */
export function answerMetrics(response: ServerResponse): void {
  metrics.metrics().then(
    (text) => response.writeHead(200, { "content-type": metrics.contentType }).end(text),
    () => response.writeHead(500).end(),
  );
}

/** `GET /metrics` on an address of its own, for Prometheus and nobody else. Resolves when it listens. */
export function serveMetrics(address: { host: string; port: number }): Promise<Listening> {
  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url === "/metrics") answerMetrics(response);
    else response.writeHead(404).end();
  });
  return listen(server, address);
}
