import type { FastifyInstance } from "fastify";

/** Answers are data for programs: nothing is cached, framed, sniffed or run. No CORS header: browsers of other origins are refused. */
const headers = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "interest-cohort=()",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export function addSecurityHeaders(server: FastifyInstance): void {
  server.addHook("onRequest", (request, reply, done) => {
    reply.headers(headers).header("x-request-id", request.id);
    done();
  });
}
