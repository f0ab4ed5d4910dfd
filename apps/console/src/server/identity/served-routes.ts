const prefix = "/api/auth";
const served = new Map([
  ["POST /sign-in/email", "identity.sign-in"],
  ["POST /sign-out", "identity.sign-out"],
  ["GET /get-session", "identity.session"],
]);

/**
 * What the request does. Operators' accounts are managed where they are seeded: signing in and out, and asking who is signed in, is all that
 * is served; undefined for all else.
 */
export function servedOperation(request: Request): string | undefined {
  const { pathname } = new URL(request.url);
  return pathname.startsWith(prefix) ? served.get(`${request.method} ${pathname.slice(prefix.length)}`) : undefined;
}
