import { createPool } from "@leasehold/db/client";
import { createOperationFeed } from "@leasehold/db/control/operations/operation-feed";
import { readOperatorStanding } from "@leasehold/db/control/operators/read-operator-standing";
import { newId } from "@leasehold/domain/ids";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import type { Logger } from "@leasehold/tenancy/logger";
import { logCrossTenants } from "@leasehold/tenancy/telemetry/log-cross-tenants";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import superjson, { type SuperJSONResult } from "superjson";
import type { ConsoleEnv } from "../../apps/console/src/env.ts";
import { createAuth } from "../../apps/console/src/server/identity/create-auth.ts";
import { endSessions, forgetSecondFactor } from "../../apps/console/src/server/identity/end-sessions.ts";
import { handleIdentityRequest } from "../../apps/console/src/server/identity/handle-request.ts";
import { listAccounts } from "../../apps/console/src/server/identity/list-accounts.ts";
import { identityPool } from "../../apps/console/src/server/identity/options.ts";
import { seedOperator } from "../../apps/console/src/server/identity/seed-operator.ts";
import { logRefusal } from "../../apps/console/src/server/log-refusal.ts";
import { consoleRouter } from "../../apps/console/src/server/router.ts";
import { withoutSecondFactor } from "./operators.ts";
import type { World } from "./world.ts";

export interface ObservedConsole extends AsyncDisposable {
  /** Signs an admin in: the answer's status. Who is signed in asks what comes after. */
  signIn(password: string): Promise<number>;
  /** A procedure as the browser asks for it. */
  ask(name: string, input: unknown, kind?: "query" | "mutation"): Promise<{ status: number; data?: unknown }>;
}

/** The console's requests in this process, by the handlers of its routes, over the world's databases; what it says goes to the logger. */
export async function createObservedConsole(
  world: World,
  logger: Logger,
  seed: { email: string; password: string },
): Promise<ObservedConsole> {
  const env = stackEnv(world.stack, "console") as unknown as ConsoleEnv;
  const identity = identityPool(env.CONSOLE_IDENTITY_DATABASE_URL);
  const pool = createPool(env.CONSOLE_DATABASE_URL, { applicationName: "observed-console" });
  const feed = createOperationFeed(env.CONSOLE_DATABASE_URL, { applicationName: "observed-console-feed" });
  const auth = createAuth(env, identity);
  const stopLogging = logCrossTenants(logger);
  await seedOperator(env, identity, { ...seed, first: { role: "admin", control: pool } });
  const headers = new Headers({ "content-type": "application/json", origin: env.CONSOLE_URL, "x-client-address": "192.0.2.7" });
  const contextOf = async (request: Request) => {
    const session = await auth.api.getSession({ headers: request.headers });
    const { id: operatorId = "", name = "", email = "" } = session?.user ?? {};
    const role = (await readOperatorStanding(pool, operatorId))?.role;
    return {
      requestId: newId("request"),
      operator: session === null ? undefined : { operatorId, name, email, role, ...withoutSecondFactor },
      isStillSignedIn: async () => true,
      pool,
      listAccounts: () => listAccounts(identity),
      endSessions: (id: string) => endSessions(identity, id),
      forgetSecondFactor: (id: string) => forgetSecondFactor(identity, id),
      feed,
      settings: {
        region: env.LEASEHOLD_REGION,
        portalUrl: env.PORTAL_URL,
        temporalUiUrl: "http://temporal.test",
        temporalNamespace: "default",
        hmacSecret: env.CONSOLE_HMAC_SECRET,
        mailPublicJwk: publicHalf(world.stack.secrets.mailKey),
      },
    };
  };
  return {
    async signIn(password) {
      const body = JSON.stringify({ email: seed.email, password });
      const request = new Request(`${env.CONSOLE_URL}/api/auth/sign-in/email`, { method: "POST", headers, body });
      const response = await handleIdentityRequest(auth, request, logger);
      const cookies = response.headers.getSetCookie().map((each) => each.split(";")[0]);
      if (response.ok) headers.set("cookie", cookies.join("; "));
      return response.status;
    },
    async ask(name, input, kind = "query") {
      const json = JSON.stringify(superjson.serialize(input));
      const url = `${env.CONSOLE_URL}/api/trpc/${name}`;
      const req =
        kind === "query"
          ? new Request(`${url}?input=${encodeURIComponent(json)}`, { headers })
          : new Request(url, { method: "POST", headers, body: json });
      const createContext = () => contextOf(req);
      const onError = (refused: Parameters<typeof logRefusal>[1]) => logRefusal(logger, refused);
      const response = await fetchRequestHandler({ endpoint: "/api/trpc", req, router: consoleRouter, createContext, onError });
      const answer = (await response.json()) as { result?: { data: SuperJSONResult } };
      return { status: response.status, ...(answer.result && { data: superjson.deserialize(answer.result.data) }) };
    },
    async [Symbol.asyncDispose]() {
      stopLogging();
      await feed.close();
      await Promise.all([pool.end(), identity.end()]);
    },
  };
}
