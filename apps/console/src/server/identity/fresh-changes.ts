import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";

const freshMs = 5 * 60_000;
const changes = new Set(["/two-factor/disable", "/two-factor/generate-backup-codes"]);

/** A second factor that is on is changed within five minutes of signing in with it, and with the password. */
export const freshChanges = {
  id: "fresh-changes",
  hooks: {
    before: [
      {
        matcher: ({ path }) => changes.has(path ?? ""),
        handler: createAuthMiddleware(async (ctx) => {
          const session = await getSessionFromCtx(ctx);
          if (session && Date.now() - new Date(session.session.createdAt).getTime() >= freshMs)
            throw new APIError("FORBIDDEN", {
              code: "SIGN_IN_NOT_FRESH",
              message: "Sign out and in again first: that was more than five minutes ago.",
            });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;
