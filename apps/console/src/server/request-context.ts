import "server-only";
import { env } from "../env.ts";
import { controlPool } from "./database.ts";
import type { Operator } from "./identity/auth.ts";
import { createOperationFeed, type OperationFeed } from "./live/operation-feed.ts";
import { consoleSettings } from "./settings.ts";
import { type ConsoleContext, newRequestId } from "./trpc.ts";

// Modules are loaded anew on a change in development; the one listener of the process is kept across that.
const shared = globalThis as { leaseholdConsoleFeed?: OperationFeed };

/** What a request's procedures are given: who is signed in, and the process's connections. */
export async function requestContext(operator: Operator | undefined): Promise<ConsoleContext> {
  shared.leaseholdConsoleFeed ??= createOperationFeed(env().CONSOLE_DATABASE_URL);
  return {
    requestId: newRequestId(),
    operator,
    pool: controlPool(),
    feed: shared.leaseholdConsoleFeed,
    settings: consoleSettings(),
  };
}
