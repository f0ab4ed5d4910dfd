const prefix = "/api/auth";
const served = new Set(["POST /sign-in/email", "POST /sign-out", "GET /get-session"]);

/** Operators' accounts are managed where they are seeded: signing in and out, and asking who is signed in, is all that is served. */
export function isServed(request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname.startsWith(prefix) && served.has(`${request.method} ${pathname.slice(prefix.length)}`);
}
