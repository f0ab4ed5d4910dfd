import { createLogger, type Logger } from "@leasehold/tenancy/logger";
import { env } from "../env.ts";

let current: Logger | undefined;

export function logger(): Logger {
  current ??= createLogger({ name: "console", level: env().LOG_LEVEL });
  return current;
}
