import { contentSecurityPolicy } from "@leasehold/tenancy/web/content-security-policy";
import { isOwnOrigin } from "@leasehold/tenancy/web/own-origin";
import { type NextRequest, NextResponse } from "next/server";
import { env, isDevelopmentServer } from "./env.ts";

/** The Temporal UI's page asks here; the route lets in that origin and no other. */
const codecPath = "/api/codec/decode";

/**
 * What changes something comes from our own pages, or is refused. A page gets a fresh nonce, and nothing without it runs:
 * Next.js reads the nonce out of the request's policy.
 */
export function proxy(request: NextRequest): NextResponse {
  if (!isOwnOrigin(request, env().CONSOLE_URL) && request.nextUrl.pathname !== codecPath)
    return NextResponse.json({ message: "This request did not come from the console's own pages." }, { status: 403 });
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy({ nonce, secure: request.nextUrl.protocol === "https:", development: isDevelopmentServer });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  // Where to come back to after signing in; a layout cannot see the address by itself.
  headers.set("x-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = { matcher: [{ source: "/((?!_next/static|_next/image|favicon|healthz|icon).*)" }] };
