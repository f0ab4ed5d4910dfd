import { betterAuth } from "better-auth";
import type { Pool } from "pg";
import type { ConsoleEnv } from "../../env.ts";
import { type IsActive, identityOptions } from "./options.ts";

/** The operators' sign-in over a pool of `identityPool`; whoever is not active is refused. */
export function createAuth(env: ConsoleEnv, pool: Pool, isActive?: IsActive) {
  return betterAuth(identityOptions(env, pool, isActive));
}
