import { newId } from "@leasehold/domain/ids";
import { hostCookie } from "@leasehold/tenancy/identity/cookie-options";
import { isOver } from "@leasehold/tenancy/identity/session-ends";
import { clientAddressHeader } from "@leasehold/tenancy/web/client-address";
import { keyed } from "./hmac.ts";
import type { Services } from "./services.ts";

export interface SignedInUser {
  userId: string;
  email: string;
  name: string;
  sessionToken: string;
  /** When they signed in to this session. */
  signedInAt: Date;
  hasSecondFactor: boolean;
}

export interface RequestContext {
  services: Services;
  headers: Headers;
  /** Where cookies of the answer are collected. */
  resHeaders: Headers;
  requestId: string;
  ip: string;
  /** Looked up once per request, when first asked for. */
  user: () => Promise<SignedInUser | undefined>;
}

const capabilityCookieOf = ({ env }: Services) => hostCookie(env.PORTAL_URL, "leasehold.sign_up");

export function createContext(services: Services, headers: Headers, resHeaders = new Headers()): RequestContext {
  let user: Promise<SignedInUser | undefined> | undefined;
  return {
    services,
    headers,
    resHeaders,
    requestId: newId("request"),
    ip: headers.get(clientAddressHeader) ?? "unknown",
    user: () => {
      user ??= readSession(services, headers);
      return user;
    },
  };
}

/** Who holds the session cookie, as of now: a revoked session is refused with the next request. */
export async function readSession(services: Services, headers: Headers): Promise<SignedInUser | undefined> {
  const found = await services.auth.api.getSession({ headers });
  if (!found?.user.emailVerified || isOver(found.session, "portal")) return undefined;
  const { user, session } = found;
  return {
    userId: user.id,
    email: user.email,
    name: user.name,
    sessionToken: session.token,
    signedInAt: session.createdAt,
    hasSecondFactor: user.twoFactorEnabled === true,
  };
}

/** The capability of a sign-up that this browser made. */
export function readCapability(services: Services, headers: Headers): string | undefined {
  const name = `${capabilityCookieOf(services)}=`;
  const found = (headers.get("cookie") ?? "").split(/;\s*/).find((cookie) => cookie.startsWith(name));
  return found?.slice(name.length);
}

export function capabilityOf(services: Services, idempotencyKey: string): string {
  return keyed(services.env.PORTAL_HMAC_SECRET, "capability", idempotencyKey);
}

export function setCapability(ctx: RequestContext, capability: string): void {
  ctx.resHeaders.append("set-cookie", capabilityCookie(ctx, capability, 172_800));
}

/** What this browser could watch of a sign-up ends with the session. */
export function clearCapability(ctx: RequestContext): void {
  ctx.resHeaders.append("set-cookie", capabilityCookie(ctx, "", 0));
}

function capabilityCookie({ services }: RequestContext, value: string, maxAgeSeconds: number): string {
  const secure = services.env.PORTAL_URL.startsWith("https://") ? "; Secure" : "";
  return `${capabilityCookieOf(services)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}

export function addCookies(ctx: RequestContext, from: Headers | null | undefined): void {
  for (const cookie of from?.getSetCookie() ?? []) ctx.resHeaders.append("set-cookie", cookie);
}
