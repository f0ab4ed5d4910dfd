import { createPool } from "@leasehold/db/client";
import { createOperationFeed } from "@leasehold/db/control/operations/operation-feed";
import type { ProcessRole } from "@leasehold/db/roles";
import { newId } from "@leasehold/domain/ids";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import type { Pool } from "pg";
import { endSessions, forgetSecondFactor } from "../../apps/console/src/server/identity/end-sessions.ts";
import { listAccounts } from "../../apps/console/src/server/identity/list-accounts.ts";
import { identityPool } from "../../apps/console/src/server/identity/options.ts";
import { createConsoleCaller } from "../../apps/console/src/server/router.ts";
import type { ConsoleContext } from "../../apps/console/src/server/trpc.ts";
import { createTestDatabases, type TestDatabases } from "./databases.ts";
import { type KnownOperator, operators, roleOf, withoutSecondFactor } from "./operators.ts";

export interface ConsoleWorld extends AsyncDisposable {
  operatorId: string;
  /** Opens the mails that the console seals. */
  mailPrivateJwk: JWK;
  /** As the process: RLS and grants hold. */
  operator: Pool;
  /** As the worker, to bring operations into the states that operators meet. */
  worker: Pool;
  portal: Pool;
  /** What is there, as the owner sees it. */
  // biome-ignore lint/suspicious/noExplicitAny: rows as they come, compared whole
  query: (text: string, values?: unknown[]) => Promise<any[]>;
  /** The same, in any of its databases. */
  queryOf: TestDatabases["query"];
  identityUrl: string;
  /** What the operator's session is found to be by whatever outlives a request. */
  session: { holds: boolean };
  /** The console's procedures, called by the operator. */
  console: ReturnType<typeof createConsoleCaller>;
  /** The same, called by another operator. */
  consoleOf(name: KnownOperator): ReturnType<typeof createConsoleCaller>;
  /** The same, called by an operator who was given no role. */
  withoutRole: ReturnType<typeof createConsoleCaller>;
  /** The same, called by an admin who has to set up a second factor first. */
  unenrolled: ReturnType<typeof createConsoleCaller>;
  /** The same, called by nobody. */
  anonymous: ReturnType<typeof createConsoleCaller>;
}

/** The console's procedures over a real control database. */
export async function startConsoleWorld(): Promise<ConsoleWorld> {
  const databases = await createTestDatabases();
  const url = (role: ProcessRole) => databases.urlOf("control", role);
  const pools = {
    operator: createPool(url("operator")),
    worker: createPool(url("worker")),
    portal: createPool(url("portal")),
  };
  const keys = await generateKeyPair("ECDH-ES+A256KW", { extractable: true, crv: "P-256" });
  const publicJwk = await exportJWK(keys.publicKey);
  const operatorId = operators.ada;
  const accounts = identityPool(url("console_identity"));
  const feed = createOperationFeed(url("operator"), { applicationName: "console-feed", sweepMs: 200 });
  const session = { holds: true };
  const context: Omit<ConsoleContext, "operator"> = {
    requestId: newId("request"),
    pool: pools.operator,
    listAccounts: () => listAccounts(accounts),
    endSessions: (operatorId) => endSessions(accounts, operatorId),
    forgetSecondFactor: (operatorId) => forgetSecondFactor(accounts, operatorId),
    feed,
    isStillSignedIn: async () => session.holds,
    settings: {
      region: "eu-central-1",
      portalUrl: "http://portal.test",
      temporalUiUrl: "http://temporal.test/",
      temporalNamespace: "default",
      hmacSecret: "a secret of the test that is long enough",
      mailPublicJwk: { ...publicJwk, kty: "EC", kid: await calculateJwkThumbprint(publicJwk) },
    },
  };
  const consoleOf = (name: KnownOperator) =>
    createConsoleCaller({
      ...context,
      operator: {
        operatorId: operators[name],
        name: "Operator",
        email: "operator@example.test",
        role: roleOf(name),
        ...withoutSecondFactor,
      },
    });
  return {
    operatorId,
    mailPrivateJwk: await exportJWK(keys.privateKey),
    ...pools,
    query: (text, values) => databases.query("control", text, values),
    queryOf: databases.query,
    session,
    identityUrl: url("console_identity"),
    console: consoleOf("ada"),
    consoleOf,
    withoutRole: createConsoleCaller({
      ...context,
      operator: {
        operatorId: newId("operator"),
        name: "New",
        email: "new@example.test",
        role: undefined,
        ...withoutSecondFactor,
      },
    }),
    unenrolled: createConsoleCaller({
      ...context,
      operator: { operatorId, name: "Ada", email: "ada@example.test", role: "admin", hasSecondFactor: false, mustEnrol: true },
    }),
    anonymous: createConsoleCaller({ ...context, operator: undefined }),
    async [Symbol.asyncDispose]() {
      await feed.close();
      await accounts.end();
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await databases[Symbol.asyncDispose]();
    },
  };
}
