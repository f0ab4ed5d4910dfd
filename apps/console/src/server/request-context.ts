import "server-only";
import { createOperationFeed, type OperationFeed } from "@leasehold/db/control/operations/operation-feed";
import { env } from "../env.ts";
import { controlPool } from "./database.ts";
import { accountsPool, isSignedIn, type Operator } from "./identity/auth.ts";
import { endSessions, forgetSecondFactor } from "./identity/end-sessions.ts";
import { listAccounts } from "./identity/list-accounts.ts";
import { logger } from "./logger.ts";
import { consoleSettings } from "./settings.ts";
import { type ConsoleContext, newRequestId } from "./trpc.ts";

// Modules are loaded anew on a change in development; the one listener of the process is kept across that.
const shared = globalThis as { leaseholdConsoleFeed?: OperationFeed };

/** What a request's procedures are given: who is signed in, and the process's connections. */
export async function requestContext(operator: Operator | undefined, headers: Headers): Promise<ConsoleContext> {
  shared.leaseholdConsoleFeed ??= createOperationFeed(env().CONSOLE_DATABASE_URL, {
    applicationName: "console-feed",
    onError: (error) => logger().warn({ err: error }, "not listening for operation events; trying again"),
  });

  return {
    requestId: newRequestId(),
    operator,
    isStillSignedIn: () => isSignedIn(headers, operator),
    pool: controlPool(),
    listAccounts: () => listAccounts(accountsPool()),
    endSessions: (operatorId) => endSessions(accountsPool(), operatorId),
    forgetSecondFactor: (operatorId) => forgetSecondFactor(accountsPool(), operatorId),
    feed: shared.leaseholdConsoleFeed,
    settings: consoleSettings(),
  };
}
