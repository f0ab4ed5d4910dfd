import { createPool } from "@leasehold/db/client";
import type { Pool } from "pg";
import { env } from "../env.ts";

let current: Pool | undefined;

/** The control database as the role operator; made at first use. */
export function controlPool(): Pool {
  current ??= createPool(env().CONSOLE_DATABASE_URL, { applicationName: "console" });
  return current;
}
