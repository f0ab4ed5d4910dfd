import { createPool } from "@leasehold/db/client";
import { createLogger, type Logger } from "@leasehold/tenancy/logger";
import { logCrossTenants } from "@leasehold/tenancy/telemetry/log-cross-tenants";
import type { Pool } from "pg";
import { env, type PortalEnv } from "../env.ts";
import { type AccountAnswering, startAnswering } from "./erasure/answer-accounts.ts";
import { type Auth, createAuth, identityPool } from "./identity/auth.ts";
import { startSweeping } from "./identity/sweep.ts";
import { type MailAddressing, startAddressing } from "./mail/address-mails.ts";
import { createOperationFeed, type OperationFeed } from "./onboarding/operation-feed.ts";

/** What one process of the portal holds: its settings, its two logins to the control database, and who is signed in. */
export interface Services {
  env: PortalEnv;
  control: Pool;
  identity: Pool;
  auth: Auth;
  feed: OperationFeed;
  addressing: MailAddressing;
  answering: AccountAnswering;
  logger: Logger;
  stopSweeping: () => void;
  stopLogging: () => void;
}

export function createServices(
  settings: PortalEnv,
  logger: Logger = createLogger({ name: "portal", level: settings.LOG_LEVEL }),
): Services {
  const identity = identityPool(settings.PORTAL_IDENTITY_DATABASE_URL);
  const control = createPool(settings.PORTAL_DATABASE_URL, { applicationName: "portal" });
  return {
    env: settings,
    control,
    identity,
    auth: createAuth(settings, identity, control),
    feed: createOperationFeed(settings.PORTAL_DATABASE_URL, logger),
    addressing: startAddressing({ env: settings, control, identity, logger }),
    answering: startAnswering({ env: settings, control, identity, logger }),
    logger,
    stopSweeping: startSweeping({ control, identity, logger }),
    stopLogging: logCrossTenants(logger),
  };
}

export async function closeServices(services: Services): Promise<void> {
  services.stopSweeping();
  services.stopLogging();
  await Promise.all([services.feed.close(), services.addressing.close(), services.answering.close()]);
  await Promise.all([services.control.end(), services.identity.end()]);
}

// Development reloads modules; connections outlive that.
const held = globalThis as { leaseholdPortal?: Services };

/** This process's services, made when the process starts, or at the first request. */
export function services(): Services {
  held.leaseholdPortal ??= createServices(env());
  return held.leaseholdPortal;
}
