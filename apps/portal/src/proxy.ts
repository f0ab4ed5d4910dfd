import { contentSecurityPolicy } from "@leasehold/tenancy/web/content-security-policy";
import { isOwnOrigin } from "@leasehold/tenancy/web/own-origin";
import { type NextRequest, NextResponse } from "next/server";
import { env, isDevelopmentServer } from "./env.ts";

/**
 * Before every page and procedure: what changes something comes from our own origin, or is refused; a page gets a fresh
 * nonce, and nothing without it runs. Next.js reads the nonce out of the request's policy.
 */
export function proxy(request: NextRequest): NextResponse {
  if (!isOwnOrigin(request, env().PORTAL_URL))
    return NextResponse.json({ error: "This request did not come from the portal's own pages." }, { status: 403 });
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy({
    nonce,
    secure: request.nextUrl.protocol === "https:",
    development: isDevelopmentServer,
    images: ["blob:"],
  });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

// Bodies of documents are streamed past: a proxy would hold them in memory. Their route checks the origin itself.
export const config = { matcher: [{ source: "/((?!_next/static|_next/image|favicon|healthz|icon|api/documents|\\.well-known).*)" }] };
