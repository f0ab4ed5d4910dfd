import { betterAuth } from "better-auth";
import type { Pool } from "pg";
import type { ConsoleEnv } from "../../env.ts";
import { identityOptions } from "./options.ts";

/** The operators' sign-in over a pool of `identityPool`. */
export function createAuth(env: ConsoleEnv, pool: Pool) {
  return betterAuth(identityOptions(env, pool));
}
