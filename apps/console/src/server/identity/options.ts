import { randomUUID } from "node:crypto";
import { newId } from "@leasehold/domain/ids";
import type { BetterAuthOptions } from "better-auth";
import { Pool } from "pg";
import type { ConsoleEnv } from "../../env.ts";
import { forgetAttempts, limitSignIn } from "./limit-sign-in.ts";

const dayInSeconds = 24 * 60 * 60;

/** Tables are found by this path alone, so that no name in the library's SQL can reach another schema. */
export function identityPool(url: string): Pool {
  return new Pool({ connectionString: url, max: 5, application_name: "console-identity", options: "-c search_path=console_identity" });
}

// Operators' accounts are managed where they are seeded, so everything but signing in and out is closed.
const unusedPaths = [
  "/change-email",
  "/change-password",
  "/delete-user",
  "/link-social",
  "/request-password-reset",
  "/reset-password",
  "/send-verification-email",
  "/sign-in/social",
  "/sign-up/email",
  "/update-user",
  "/verify-email",
] as const;

const timestamps = { createdAt: "created_at", updatedAt: "updated_at" } as const;

/** How operators sign in: by password, with accounts that are made by the seed command only, in tables of their own. */
export function identityOptions(env: ConsoleEnv, database: Pool) {
  return {
    appName: "Leasehold console",
    baseURL: env.CONSOLE_URL,
    secret: env.CONSOLE_AUTH_SECRET,
    database,
    trustedOrigins: [env.CONSOLE_URL],
    telemetry: { enabled: false },
    logger: { level: "error" },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 256 },
    disabledPaths: [...unusedPaths],
    user: { modelName: "operators", fields: { emailVerified: "email_verified", ...timestamps } },
    session: {
      modelName: "sessions",
      fields: { userId: "operator_id", expiresAt: "expires_at", ipAddress: "ip_address", userAgent: "user_agent", ...timestamps },
      // An operator signs in once a working day.
      expiresIn: dayInSeconds / 2,
      updateAge: dayInSeconds / 24,
    },
    account: {
      modelName: "accounts",
      fields: {
        userId: "operator_id",
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
    rateLimit: {
      enabled: true,
      storage: "database",
      modelName: "rate_limits",
      fields: { lastRequest: "last_request" },
      window: 60,
      max: 300,
      customRules: { "/sign-in/email": { window: 60, max: 10 } },
    },
    hooks: { before: limitSignIn(env, database), after: forgetAttempts(env, database) },
    advanced: {
      // Said outright: left alone, both checks are off wherever NODE_ENV is "test".
      disableCSRFCheck: false,
      disableOriginCheck: false,
      cookiePrefix: "leasehold-console",
      database: { generateId: ({ model }: { model: string }) => (model === "user" ? newId("operator") : randomUUID()) },
    },
  } satisfies BetterAuthOptions;
}
