const prefix = "/api/auth";
const served = new Map([
  ["POST /sign-in/email", "identity.sign-in"],
  ["POST /two-factor/verify-totp", "identity.code"],
  ["POST /two-factor/verify-backup-code", "identity.recovery-code"],
  ["POST /two-factor/enable", "identity.second-factor-begin"],
  ["POST /two-factor/generate-backup-codes", "identity.recovery-codes"],
  ["POST /two-factor/disable", "identity.second-factor-off"],
  ["POST /sign-out", "identity.sign-out"],
  ["GET /get-session", "identity.session"],
]);

/**
 * What the request does. Operators' accounts are managed where they are seeded: signing in and out, one's own second factor, and asking who is
 * signed in, is all that is served; undefined for all else.
 */
export function servedOperation(request: Request): string | undefined {
  const { pathname } = new URL(request.url);
  return pathname.startsWith(prefix) ? served.get(`${request.method} ${pathname.slice(prefix.length)}`) : undefined;
}
