import type { TenantTransaction } from "@leasehold/db/application/with-tenant";
import { DomainError } from "@leasehold/domain/errors";
import type { Scope } from "@leasehold/domain/roles";
import { type AppContext, contextHasScope } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { readIdempotencyKey, runOnce } from "@leasehold/tenancy/idempotency/run-once";
import { contextLogger, type Logger } from "@leasehold/tenancy/logger";
import { readIfMatch, versionless } from "@leasehold/tenancy/rest/entity-tags";
import type { TokenScope } from "@leasehold/tenancy/token/claims";
import { formatTRPCError, mapDomainError } from "@leasehold/tenancy/trpc/errors";
import type { ProcedureMeta, RestOperation } from "@leasehold/tenancy/trpc/procedure-meta";
import { refuseUnstorable } from "@leasehold/tenancy/trpc/refuse-unstorable";
import { toTRPCError } from "@leasehold/tenancy/trpc/to-trpc-error";
import { initTRPC } from "@trpc/server";
import superjson from "superjson";

/** One HTTP request before any procedure runs. `resolve` verifies once, however many procedures the request batches. */
export interface RequestContext {
  requestId: string;
  kit: TenancyKit;
  logger: Logger;
  /** The header as it came; asked for by the REST interface, optional for tRPC. */
  idempotencyKey: string | string[] | undefined;
  /** The header as it came. */
  ifMatch?: string | string[] | undefined;
  resolve(): Promise<AppContext>;
}

const t = initTRPC.context<RequestContext>().meta<ProcedureMeta>().create({ transformer: superjson, errorFormatter: formatTRPCError });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

type Entering = { ctx: RequestContext; path: string };

/**
 * The one middleware of a procedure: refuses what no column can keep, lets `enter` make the procedure's context, and gives every domain
 * error its own answer.
 */
function entered<Context extends { kit: TenancyKit; app: AppContext }>(enter: (asked: Entering & { app: AppContext }) => Context) {
  return t.middleware(async ({ ctx, path, getRawInput, next }) => {
    try {
      refuseUnstorable(await getRawInput());
      const app = await ctx.resolve();
      return mapDomainError(await next({ ctx: enter({ ctx, path, app }) }));
    } catch (error) {
      throw toTRPCError(error);
    }
  });
}

/** A procedure of one tenant, for those of its members and API keys that hold the scope; in the REST interface as `openapi` says. */
export function tenantProcedure(scope: Scope, openapi: RestOperation) {
  return t.procedure.meta({ scope, openapi }).use(
    entered(({ ctx: { kit }, app }) => {
      requireScope(app, scope);
      return { kit, app };
    }),
  );
}

/**
 * A change that takes an idempotency key: `once(input, work)` is one transaction, and the same key and input again is answered as
 * before, without another effect. `versions` are those that the caller changes from, undefined for whichever: work on something that is
 * `versioned` asks for them first.
 */
export function tenantChange(scope: Scope, openapi: RestOperation) {
  return t.procedure.meta({ scope, openapi, idempotent: true }).use(
    entered(({ ctx: { kit, idempotencyKey, ifMatch }, path, app }) => {
      requireScope(app, scope);
      const key = readIdempotencyKey(idempotencyKey);
      const versions = readIfMatch(ifMatch);
      if (versions !== undefined && openapi.versioned !== true) throw versionless();
      const once = <T>(given: unknown, work: (tx: TenantTransaction) => Promise<T>) => {
        const input = versions === undefined ? given : { given, versions };
        return runOnce(kit, app, { key, operation: path, input }, work);
      };
      return { kit, app, once, versions };
    }),
  );
}

/** A procedure for the portal alone, as one of the tenant's people: no part of the REST interface. It asks for its scope itself. */
export const internalProcedure = t.procedure.meta({ internal: true }).use(entered(({ ctx: { kit }, app }) => ({ kit, app })));

/** A procedure for the worker's restricted token of one scope, and nobody else. */
function restrictedProcedure(tokenScope: TokenScope, refusal: string) {
  return t.procedure.meta({ internal: true }).use(
    entered(({ ctx: { kit, logger }, path, app }) => {
      if (app.tokenScope !== tokenScope) throw new DomainError("FORBIDDEN", refusal, { reason: "scope-missing" });
      return { kit, app, log: contextLogger(logger, app, path) };
    }),
  );
}

export const verificationProcedure = restrictedProcedure("verification", "This is for the onboarding alone.");
export const keyCareProcedure = restrictedProcedure("key-care", "This is for the care of keys alone.");
export const exportProcedure = restrictedProcedure("export", "This is for the building of exports alone.");

/** Throws FORBIDDEN (`scope-missing`). */
export function requireScope(app: AppContext, scope: Scope): void {
  if (!contextHasScope(app, scope)) throw new DomainError("FORBIDDEN", "Your role does not allow this.", { reason: "scope-missing" });
}
