import { isOver } from "@leasehold/tenancy/identity/session-ends";
import type { createAuth } from "./create-auth.ts";

/**
 * The operator's session by the request's cookie, while it holds; asking prolongs it unless told. Null once the operator has been signed in
 * for as long as anybody may.
 */
export async function readSession(auth: ReturnType<typeof createAuth>, headers: Headers, { prolong = true } = {}) {
  const session = await auth.api.getSession({ headers, query: prolong ? {} : { disableRefresh: true, disableCookieCache: true } });
  return session === null || isOver(session.session, "console") ? null : session;
}
