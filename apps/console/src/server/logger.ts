import { createLogger, type Logger } from "@leasehold/tenancy/logger";
import { logCrossTenants } from "@leasehold/tenancy/telemetry/log-cross-tenants";
import { env } from "../env.ts";

let current: Logger | undefined;

export function logger(): Logger {
  if (current === undefined) {
    current = createLogger({ name: "console", level: env().LOG_LEVEL });
    logCrossTenants(current);
  }
  return current;
}
