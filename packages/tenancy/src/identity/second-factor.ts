import { createHmac } from "node:crypto";
import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { twoFactor } from "better-auth/plugins/two-factor";

/** What is said of a code that is wrong, of one that was used, and of one that comes too late. */
export const wrongCode = "This code is not right, or was used before. Wait for the next one.";

/** A code is taken for half a minute before and after its own: it is remembered for longer than that. */
const rememberedMs = 2 * 60_000;

/**
 * Codes of an app, and recovery codes. `person` is the column that rows belong by. The library would write names of columns into a schema that
 * all of a process share, so this one is a copy.
 */
export function secondFactor(person: "user_id" | "operator_id", issuer: string) {
  const plugin = twoFactor({ issuer, backupCodeOptions: { storeBackupCodes: "encrypted" } });
  const { user, twoFactor: factor } = plugin.schema;
  const { twoFactorEnabled } = user.fields;
  const { userId, backupCodes, failedVerificationCount, lockedUntil, ...same } = factor.fields;
  return {
    ...plugin,
    schema: {
      user: { fields: { twoFactorEnabled: { ...twoFactorEnabled, fieldName: "two_factor_enabled" } } },
      twoFactor: {
        modelName: "two_factors",
        fields: {
          ...same,
          userId: { ...userId, fieldName: person },
          backupCodes: { ...backupCodes, fieldName: "backup_codes" },
          failedVerificationCount: { ...failedVerificationCount, fieldName: "failed_verification_count" },
          lockedUntil: { ...lockedUntil, fieldName: "locked_until" },
        },
      },
    },
  };
}

/** A code is good once, over all processes (RFC 6238, section 5.2); the library takes one for as long as it is valid. */
export const codesOnce = {
  id: "codes-once",
  hooks: {
    before: [
      {
        matcher: ({ path }) => path?.startsWith("/two-factor/verify-") ?? false,
        handler: createAuthMiddleware(async (ctx) => {
          // No browser is let in without a code.
          if (ctx.body?.trustDevice) throw new APIError("BAD_REQUEST", { message: "Browsers are not trusted." });
          if (ctx.path !== "/two-factor/verify-totp") return;
          const person = await personOf(ctx);
          // Nobody's: the library refuses it.
          if (person === undefined) return;
          const key = createHmac("sha256", ctx.context.secret)
            .update(`code:${person}:${String(ctx.body?.code)}`)
            .digest("base64url");
          const first = await ctx.context.internalAdapter.reserveVerificationValue({
            identifier: `code-used-${key}`,
            value: person,
            expiresAt: new Date(Date.now() + rememberedMs),
          });
          if (!first) throw new APIError("UNAUTHORIZED", { code: "INVALID_CODE", message: wrongCode });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** Whose code it is: of somebody who is signed in, or has given their password and is asked for a code. */
async function personOf(ctx: HookContext): Promise<string | undefined> {
  const session = await getSessionFromCtx(ctx);
  if (session) return session.user.id;
  const challenge = await ctx.getSignedCookie(ctx.context.createAuthCookie("two_factor").name, ctx.context.secret);
  return challenge ? (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value : undefined;
}
