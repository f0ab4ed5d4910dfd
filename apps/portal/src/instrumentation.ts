import { env } from "./env.ts";
import { markClientAddresses } from "./server/client-address.ts";

/** Called by Next.js once per server process, before its first request. */
export function register(): void {
  markClientAddresses(() => env().PORTAL_TRUSTED_PROXIES);
}
