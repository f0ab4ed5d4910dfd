import { once } from "node:events";
import { createServer } from "node:http";

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string | number };
}

export interface CollectedSpan {
  service: string;
  name: string;
  traceId: string;
  attributes: Record<string, string>;
}

/** An OTLP collector over HTTP that keeps what it is sent. */
export async function startCollector() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    /** Everything, as it came. */
    text: () => bodies.join("\n"),
    spans(): CollectedSpan[] {
      type Span = { name: string; traceId: string; attributes?: Attribute[] };
      type Resource = { resource?: { attributes?: Attribute[] }; scopeSpans: { spans: Span[] }[] };
      const read = (list: Attribute[] = []) =>
        Object.fromEntries(list.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue)]));
      return bodies.flatMap((body) =>
        (JSON.parse(body) as { resourceSpans: Resource[] }).resourceSpans.flatMap(({ resource, scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) =>
            spans.map(({ name, traceId, attributes }) => ({
              service: read(resource?.attributes)["service.name"] ?? "",
              name,
              traceId,
              attributes: read(attributes),
            })),
          ),
        ),
      );
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
