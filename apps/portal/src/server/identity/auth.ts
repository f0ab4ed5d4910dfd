import { randomUUID } from "node:crypto";
import { createPool } from "@leasehold/db/client";
import { queueMail } from "@leasehold/db/control/mail/queue-mail";
import { acrossTenants } from "@leasehold/db/control/tenants/across-tenants";
import { newId } from "@leasehold/domain/ids";
import { cookieOptions } from "@leasehold/tenancy/identity/cookie-options";
import { codesOnce, secondFactor } from "@leasehold/tenancy/identity/second-factor";
import { endOldestSessions } from "@leasehold/tenancy/identity/session-ends";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { clientAddressHeader } from "@leasehold/tenancy/web/client-address";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import type { Pool } from "pg";
import { z } from "zod";
import type { PortalEnv } from "../../env.ts";
import { sha256 } from "../hmac.ts";
import { passwordLength } from "./password-rules.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";

const daySeconds = 24 * 60 * 60;
const timestamps = { createdAt: "created_at", updatedAt: "updated_at" } as const;

/** Tables are found by this path alone, so that no name in the library's SQL can reach another schema. */
export function identityPool(url: string): Pool {
  const confined = new URL(url);
  confined.searchParams.set("options", "-c search_path=identity");
  return createPool(confined.href, { applicationName: "portal-identity" });
}

/** Opens a session for a person whose address was proved another way. Reachable from the server's own code only. */
const startSession = {
  id: "start-session",
  endpoints: {
    startSession: createAuthEndpoint.serverOnly({ method: "POST", body: z.object({ userId: z.string() }) }, async (ctx) => {
      const user = await ctx.context.internalAdapter.findUserById(ctx.body.userId);
      if (!user) throw new Error("a session was asked for somebody who is gone");
      const session = await ctx.context.internalAdapter.createSession(user.id);
      await setSessionCookie(ctx, { session, user });
      return { ok: true };
    }),
  },
};

/** Who signs in and how. No route of the library is served: the portal's procedures call it, and accounts come from them alone. */
export function createAuth(env: PortalEnv, identity: Pool, control: Pool) {
  return betterAuth({
    appName: "Leasehold",
    baseURL: env.PORTAL_URL,
    secret: env.PORTAL_AUTH_SECRET,
    database: identity,
    trustedOrigins: [env.PORTAL_URL],
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: hashPassword, verify: verifyPassword },
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user, token }) => {
        const url = `${env.PORTAL_URL}/reset-password?token=${encodeURIComponent(token)}`;
        const sealed = await sealMail(env.MAIL_PUBLIC_JWK, { template: "reset-password", to: user.email, props: { url } });
        await acrossTenants(control, "mail-without-tenant", (tx) =>
          queueMail(tx, { dedupeKey: `reset-password:${sha256(token)}`, template: "reset-password", sealed }),
        );
      },
    },
    user: { modelName: "users", fields: { emailVerified: "email_verified", ...timestamps } },
    session: {
      modelName: "sessions",
      fields: { userId: "user_id", expiresAt: "expires_at", ipAddress: "ip_address", userAgent: "user_agent", ...timestamps },
      expiresIn: 14 * daySeconds,
      updateAge: daySeconds,
    },
    account: {
      modelName: "accounts",
      fields: {
        userId: "user_id",
        accountId: "account_id",
        providerId: "provider_id",
        accessToken: "access_token",
        refreshToken: "refresh_token",
        idToken: "id_token",
        accessTokenExpiresAt: "access_token_expires_at",
        refreshTokenExpiresAt: "refresh_token_expires_at",
        ...timestamps,
      },
    },
    verification: { modelName: "verifications", fields: { expiresAt: "expires_at", ...timestamps } },
    plugins: [startSession, codesOnce, secondFactor("user_id", "Leasehold")],
    databaseHooks: {
      session: { create: { after: ({ userId }) => endOldestSessions(identity, "user_id", userId) } },
    },
    advanced: {
      ...cookieOptions(env.PORTAL_URL, "leasehold"),
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      database: { generateId: ({ model }: { model: string }) => (model === "user" ? newId("user") : randomUUID()) },
    },
  } satisfies BetterAuthOptions);
}

export type Auth = ReturnType<typeof createAuth>;
