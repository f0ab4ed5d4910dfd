import { env } from "../env.ts";
import type { ConsoleSettings } from "./trpc.ts";

/** The part of the environment that procedures use. */
export function consoleSettings(): ConsoleSettings {
  const settings = env();
  return {
    region: settings.LEASEHOLD_REGION,
    portalUrl: settings.PORTAL_URL,
    temporalUiUrl: settings.TEMPORAL_UI_URL,
    temporalNamespace: settings.TEMPORAL_NAMESPACE,
    hmacSecret: settings.CONSOLE_HMAC_SECRET,
    mailPublicJwk: settings.MAIL_PUBLIC_JWK,
  };
}
