import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";

/** The page runs scripts of this origin and no others, and asks this origin alone. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · Leasehold</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="data:,">
</head>
<body>
<main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, persistAuthorization: false, validatorUrl: null });
`;

const assets = [
  { name: "swagger-ui.css", type: "text/css; charset=utf-8", url: import.meta.resolve("swagger-ui-dist/swagger-ui.css") },
  {
    name: "swagger-ui-bundle.js",
    type: "text/javascript; charset=utf-8",
    url: import.meta.resolve("swagger-ui-dist/swagger-ui-bundle.js"),
  },
];

/** The interface's description as a page to browse and try, served whole from here. */
export function addDocsPage(server: FastifyInstance): void {
  server.get("/docs", async (_request, reply) =>
    reply.header("content-security-policy", policy).type("text/html; charset=utf-8").send(page),
  );
  server.get("/docs/start.js", async (_request, reply) => reply.type("text/javascript; charset=utf-8").send(start));
  for (const { name, type, url } of assets) {
    server.get(`/docs/${name}`, async (_request, reply) =>
      reply
        .type(type)
        .header("cache-control", "public, max-age=3600")
        .send(await readFile(fileURLToPath(url))),
    );
  }
}
