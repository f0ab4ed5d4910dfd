import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { findFreePorts } from "@leasehold/infra/local/processes/port-holder";
import { startTemporalUi } from "@leasehold/infra/local/temporal-ui";
import { expect, test } from "vitest";

/** What the development server's page answers, and whatever else was asked. */
async function startPage() {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    asked.push(`${request.method} ${request.url} ${body}`);
    if (request.url === "/api/v1/settings") {
      response.writeHead(200, { "content-type": "application/json", "x-kept": "yes" });
      response.end(
        JSON.stringify({ Auth: { Enabled: false }, Codec: { Endpoint: "http://console.test/api/codec", IncludeCredentials: false } }),
      );
    } else response.writeHead(request.method === "POST" ? 409 : 200, { "set-cookie": "_csrf=1" }).end("as it is");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { asked, server, port: (server.address() as AddressInfo).port };
}

test("the Temporal UI sends the operator's session to the codec endpoint, and is otherwise as it is", async () => {
  const page = await startPage();
  const [port = 0] = await findFreePorts(1);
  const front = await startTemporalUi(port, page.port);
  const url = `http://127.0.0.1:${port}`;
  try {
    const settings = await fetch(`${url}/api/v1/settings`);
    expect(settings.headers.get("x-kept")).toBe("yes");
    expect(await settings.json()).toEqual({
      Auth: { Enabled: false },
      Codec: { Endpoint: "http://console.test/api/codec", IncludeCredentials: true },
    });
    const posted = await fetch(`${url}/api/v1/namespaces/default/workflows?a=1`, { method: "POST", body: "given" });
    expect([posted.status, posted.headers.get("set-cookie"), await posted.text()]).toEqual([409, "_csrf=1", "as it is"]);
    expect(page.asked).toEqual(["GET /api/v1/settings ", "POST /api/v1/namespaces/default/workflows?a=1 given"]);
    page.server.close();
    page.server.closeAllConnections();
    await expect.poll(async () => (await fetch(`${url}/`)).status).toBe(502);
  } finally {
    front.close();
  }
});
