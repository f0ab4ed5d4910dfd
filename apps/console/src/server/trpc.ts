import type { OperationFeed } from "@leasehold/db/control/operations/operation-feed";
import { actorRef } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { lacksScope, type OperatorScope, operatorMay } from "@leasehold/domain/operators";
import { addToScope } from "@leasehold/tenancy/telemetry/scope";
import { observeProcedure } from "@leasehold/tenancy/telemetry/trpc-telemetry";
import { formatTRPCError, mapDomainError } from "@leasehold/tenancy/trpc/errors";
import { refuseUnstorable } from "@leasehold/tenancy/trpc/refuse-unstorable";
import { initTRPC } from "@trpc/server";
import type { JWK } from "jose";
import type { Pool } from "pg";
import superjson from "superjson";
import type { Operator } from "./identity/auth.ts";
import type { OperatorAccount } from "./identity/list-accounts.ts";
import { namedTenant } from "./named-tenant.ts";

export interface ConsoleContext {
  requestId: string;
  operator: Operator | undefined;
  /** Whether the session that the request came with still holds, for what lasts longer than a request. */
  isStillSignedIn: () => Promise<boolean>;
  pool: Pool;
  /** Who can sign in, by name: the accounts are another login's. */
  listAccounts: () => Promise<OperatorAccount[]>;
  /** Ends every session of an operator. */
  endSessions: (operatorId: string) => Promise<void>;
  /** Takes the second factor off an operator's account. */
  forgetSecondFactor: (operatorId: string) => Promise<void>;
  feed: OperationFeed;
  settings: ConsoleSettings;
}

/** What the procedures need of the environment, handed in so that a test can hand in its own. */
export interface ConsoleSettings {
  region: string;
  portalUrl: string;
  temporalUiUrl: string;
  temporalNamespace: string;
  hmacSecret: string;
  mailPublicJwk: JWK;
}

/** What a procedure says of itself: which scope it takes. */
interface ConsoleMeta {
  scope?: OperatorScope;
}

const t = initTRPC
  .context<ConsoleContext>()
  .meta<ConsoleMeta>()
  .create({
    transformer: superjson,
    errorFormatter: formatTRPCError,
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const mapErrors = t.middleware(({ ctx, path, next, getRawInput }) =>
  observeProcedure({ requestId: ctx.requestId, path }, async () => {
    await nameTenant(getRawInput);
    return mapDomainError(await next());
  }),
);

/** Somebody is signed in, and errors leave by one door. */
const operatorProcedure = t.procedure.use(mapErrors).use(async ({ ctx, getRawInput, next }) => {
  refuseUnstorable(await getRawInput());
  if (!ctx.operator) throw new DomainError("UNAUTHENTICATED", "Sign in to continue.");
  addToScope({ actor: actorRef({ type: "operator", operatorId: ctx.operator.operatorId }) });
  if (ctx.operator.mustEnrol) throw new DomainError("FORBIDDEN", "Set up your second factor first.", { reason: "second-factor-needed" });
  return next({ ctx: { ...ctx, operator: ctx.operator } });
});

/** A procedure that takes a role which holds the scope; the refusal names the roles that do. */
export const scopedProcedure = (scope: OperatorScope) =>
  operatorProcedure.meta({ scope }).use(({ ctx, next }) => {
    if (!operatorMay(ctx.operator.role, scope)) throw lacksScope(scope);
    return next();
  });

/** An operator names the tenant; lines and spans carry it when it is an id. */
async function nameTenant(getRawInput: () => Promise<unknown>): Promise<void> {
  const tenantId = namedTenant(await getRawInput().catch(() => undefined));
  if (tenantId !== null) addToScope({ tenantId });
}

export function newRequestId(): string {
  return newId("request");
}
