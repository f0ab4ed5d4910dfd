import { request as ask, createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

/** Longer than the page waits for news of a run. */
const silentMs = 120_000;
const settingsPath = "/api/v1/settings";

interface UiSettings {
  Codec?: Record<string, unknown>;
}

/**
 * The development server's own page, with one setting that it has no option for: the browser sends the console's cookie to the codec
 * endpoint, so that an operator who is signed in reads payloads without setting anything. On the loopback interface, like the page itself.
 */
export async function startTemporalUi(port: number, behind: number): Promise<Server> {
  const server = createServer((request, response) => {
    pass(request, response, behind).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end("The Temporal UI does not answer.");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

async function pass(request: IncomingMessage, response: ServerResponse, behind: number): Promise<void> {
  const asksSettings = request.url?.split("?")[0] === settingsPath;
  const { "accept-encoding": _, ...plain } = request.headers;
  const answer = await forward(request, asksSettings ? plain : request.headers, behind);
  const { statusCode = 502, headers } = answer;
  if (!asksSettings || statusCode !== 200) {
    response.writeHead(statusCode, headers);
    return pipeline(answer, response);
  }
  const settings = JSON.parse((await buffer(answer)).toString("utf8")) as UiSettings;
  const body = JSON.stringify({ ...settings, Codec: { ...settings.Codec, IncludeCredentials: true } });
  const { "content-length": __, "transfer-encoding": ___, ...kept } = headers;
  response.writeHead(statusCode, { ...kept, "content-length": Buffer.byteLength(body) }).end(body);
}

function forward(request: IncomingMessage, headers: IncomingHttpHeaders, port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url: path } = request;
    const asked = ask({ host: "127.0.0.1", port, method, path, headers, timeout: silentMs }, resolve);
    asked.once("timeout", () => asked.destroy(new Error(`no answer in ${silentMs} ms`)));
    asked.once("error", reject);
    request.once("close", () => request.complete || asked.destroy());
    request.pipe(asked);
  });
}
