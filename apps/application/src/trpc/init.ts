import { DomainError } from "@leasehold/domain/errors";
import type { Scope } from "@leasehold/domain/roles";
import { type AppContext, contextHasScope } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { contextLogger, type Logger } from "@leasehold/tenancy/logger";
import { formatTRPCError, mapDomainError } from "@leasehold/tenancy/trpc/errors";
import { initTRPC } from "@trpc/server";
import superjson from "superjson";

/** One HTTP request before any procedure runs. `resolve` verifies once, however many procedures the request batches. */
export interface RequestContext {
  requestId: string;
  kit: TenancyKit;
  logger: Logger;
  resolve(): Promise<AppContext>;
}

const t = initTRPC.context<RequestContext>().create({ transformer: superjson, errorFormatter: formatTRPCError });

export const router = t.router;

const domainErrors = t.middleware(async ({ next }) => mapDomainError(await next()));

/** A procedure of one tenant, for those of its members whose role holds the scope. */
export function tenantProcedure(scope: Scope) {
  return t.procedure.use(domainErrors).use(async ({ ctx, path, next }) => {
    const app = await ctx.resolve();
    requireScope(app, scope);
    return next({ ctx: { kit: ctx.kit, app, log: contextLogger(ctx.logger, app, path) } });
  });
}

/** A procedure for the worker's restricted token and nobody else. */
export const verificationProcedure = t.procedure.use(domainErrors).use(async ({ ctx, path, next }) => {
  const app = await ctx.resolve();
  if (app.tokenScope !== "verification")
    throw new DomainError("FORBIDDEN", "This is for the onboarding alone.", { reason: "scope-missing" });
  return next({ ctx: { kit: ctx.kit, app, log: contextLogger(ctx.logger, app, path) } });
});

/** Throws FORBIDDEN (`scope-missing`). */
export function requireScope(app: AppContext, scope: Scope): void {
  if (!contextHasScope(app, scope)) throw new DomainError("FORBIDDEN", "Your role does not allow this.", { reason: "scope-missing" });
}
