import { randomUUID } from "node:crypto";
import { createPool } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { cookieOptions } from "@leasehold/tenancy/identity/cookie-options";
import { identityColumns } from "@leasehold/tenancy/identity/identity-columns";
import { codesOnce, secondFactor } from "@leasehold/tenancy/identity/second-factor";
import { endOldestSessions } from "@leasehold/tenancy/identity/session-ends";
import { clientAddressHeader } from "@leasehold/tenancy/web/client-address";
import type { BetterAuthOptions } from "better-auth";
import { APIError } from "better-auth/api";
import type { Pool } from "pg";
import type { ConsoleEnv } from "../../env.ts";
import { freshChanges } from "./fresh-changes.ts";
import { limitSignIn, rememberDevice } from "./limit-sign-in.ts";

/** What the refusal of somebody who was deactivated is called. */
const deactivatedCode = "OPERATOR_DEACTIVATED";

const dayInSeconds = 24 * 60 * 60;

/** Tables are found by this path alone, so that no name in the library's SQL can reach another schema. */
export function identityPool(url: string): Pool {
  return createPool(url, { max: 5, applicationName: "console-identity", searchPath: "console_identity" });
}

const columns = identityColumns("operator_id");

/** Whether an operator was not deactivated: asked once their password was right. */
export type IsActive = (operatorId: string) => Promise<boolean>;

/** How operators sign in: by password, with accounts that are made by the seed command only, in tables of their own. */
export function identityOptions(env: ConsoleEnv, database: Pool, isActive: IsActive = async () => true) {
  return {
    appName: "Leasehold console",
    baseURL: env.CONSOLE_URL,
    secret: env.CONSOLE_AUTH_SECRET,
    database,
    trustedOrigins: [env.CONSOLE_URL],
    telemetry: { enabled: false },
    logger: { level: "error" },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 256 },
    user: { modelName: "operators", fields: columns.user },
    session: {
      modelName: "sessions",
      fields: columns.session,
      // An operator signs in once a working day.
      expiresIn: dayInSeconds / 2,
      updateAge: dayInSeconds / 24,
    },
    account: { modelName: "accounts", fields: columns.account },
    verification: { modelName: "verifications", fields: columns.verification },
    rateLimit: {
      enabled: true,
      storage: "database",
      modelName: "rate_limits",
      fields: { lastRequest: "last_request" },
      window: 60,
      max: 300,
      customRules: { "/sign-in/email": { window: 60, max: 10 } },
    },
    databaseHooks: {
      session: {
        create: {
          before: ({ userId }) => refuseInactive(isActive, userId),
          after: ({ userId }) => endOldestSessions(database, "operator_id", userId),
        },
      },
    },
    plugins: [codesOnce, freshChanges, secondFactor("operator_id", "Leasehold console")],
    hooks: { before: limitSignIn(env, database), after: rememberDevice(env, database) },
    advanced: {
      // Said outright: left alone, both checks are off wherever NODE_ENV is "test".
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ...cookieOptions(env.CONSOLE_URL, "leasehold-console"),
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      database: { generateId: ({ model }: { model: string }) => (model === "user" ? newId("operator") : randomUUID()) },
    },
  } satisfies BetterAuthOptions;
}

async function refuseInactive(isActive: IsActive, operatorId: string): Promise<void> {
  if (await isActive(operatorId)) return;
  throw new APIError("FORBIDDEN", { code: deactivatedCode, message: "Your account was deactivated. An admin can reactivate it." });
}
