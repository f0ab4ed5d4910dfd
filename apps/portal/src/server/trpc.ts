import { findMembership, type Workspace } from "@leasehold/db/control/members/list-members";
import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { hasScope, type Scope } from "@leasehold/domain/roles";
import { isStorable } from "@leasehold/domain/storable";
import { isClosedBySuspension, suspendedMessage } from "@leasehold/domain/suspension/kinds";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { addToScope, scopeOf } from "@leasehold/tenancy/telemetry/scope";
import { codeOfResult, observeProcedure } from "@leasehold/tenancy/telemetry/trpc-telemetry";
import { formatTRPCError, mapDomainError } from "@leasehold/tenancy/trpc/errors";
import { refuseUnstorable } from "@leasehold/tenancy/trpc/refuse-unstorable";
import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import { z } from "zod";
import type { RequestContext } from "./context.ts";
import { fieldMessages } from "./field-errors.ts";

const t = initTRPC.context<RequestContext>().create({
  transformer: superjson,
  errorFormatter: (options) => {
    const shape = formatTRPCError(options);
    return { ...shape, data: { ...shape.data, fields: fieldMessages(options.error.cause) } };
  },
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** The one place where errors are translated, and where faults are logged. */
const translated = t.procedure.use(({ ctx, path, next }) =>
  observeProcedure({ requestId: ctx.requestId, path }, async () => {
    const result = mapDomainError(await next());
    const { logger } = ctx.services;
    if (!result.ok && result.error.code === "INTERNAL_SERVER_ERROR" && !isDomainError(result.error.cause))
      logger.error({ err: result.error.cause ?? result.error }, "procedure failed");
    logger.info({ code: codeOfResult(result) }, "request");
    return result;
  }),
);

/** For everybody, signed in or not. */
export const publicProcedure = translated.use(async ({ getRawInput, next }) => {
  refuseUnstorable(await getRawInput());
  return next();
});

/** For somebody who is signed in. */
export const userProcedure = publicProcedure.use(async ({ ctx, next }) => {
  const user = await ctx.user();
  if (!user) throw new DomainError("UNAUTHENTICATED", "Sign in to go on.", { reason: "not-signed-in" });
  addToScope({ actor: actorRef({ type: "user", userId: user.userId }) });
  return next({ ctx: { ...ctx, signedIn: user } });
});

export const tenantInput = z.object({ slug: z.string().min(1).max(64) });

export interface TenantProcedureOptions {
  /** The states in which a change is let in; ACTIVE alone unless told. */
  changesIn?: readonly TenantState[];
  /** Answers also those who are shut out of a workspace that is being closed, and everybody behind the point of no return. */
  whileShut?: boolean;
}

/**
 * For members of the workspace in `slug` whose role has the scope; changes need it ACTIVE, and one that is being closed, or
 * suspended so that it can be read, is its owners' alone to read. An unknown workspace and another's are the same answer.
 */
export function tenantProcedure(scope: Scope, { changesIn = ["ACTIVE"], whileShut = false }: TenantProcedureOptions = {}) {
  return userProcedure.input(tenantInput).use(async ({ ctx, input, next, type }) => {
    const workspace = await requireMembership(ctx, ctx.signedIn.userId, input.slug);
    if (!hasScope(workspace.role, scope))
      throw new DomainError("FORBIDDEN", "Your role does not allow this. Ask an owner or an admin of the workspace.", {
        reason: "scope-missing",
      });
    if (!whileShut) requireEntry(workspace);
    if (type === "mutation" && !changesIn.some((state) => state === workspace.state)) requireActive(workspace);
    const tenant: TenantContext = {
      tenantId: workspace.tenantId,
      actor: { type: "user", userId: ctx.signedIn.userId },
      requestId: ctx.requestId,
    };
    addToScope(scopeOf(tenant));
    return next({ ctx: { ...ctx, workspace, tenant } });
  });
}

/**
 * @throws DomainError PRECONDITION_FAILED (`tenant-closing`, `tenant-closed`, `tenant-suspended`) where a closing or a suspension shuts the
 * person out.
 */
export function requireEntry(workspace: Pick<Workspace, "state" | "role" | "suspendedAccess">): void {
  const { state, role } = workspace;
  if (state === "SUSPENDED" && (isClosedBySuspension(workspace) || !hasScope(role, "tenant:close"))) {
    throw new DomainError("PRECONDITION_FAILED", suspendedMessage, { reason: "tenant-suspended" });
  }
  if (state === "SHREDDING" || state === "CLOSED") {
    throw new DomainError("PRECONDITION_FAILED", "The workspace is closed: its keys are being destroyed, and nobody gets in any more.", {
      reason: "tenant-closed",
    });
  }
  if (state !== "CLOSING" || hasScope(role, "tenant:close")) return;
  throw new DomainError("PRECONDITION_FAILED", "The workspace is being closed, and only its owners get in. An owner can cancel that.", {
    reason: "tenant-closing",
  });
}

/**
 * For what reads a workspace's data, its own people's requests alone.
 * @throws DomainError PRECONDITION_FAILED as `requireEntry`, and `tenant-not-active` while the workspace is being made or moved.
 */
export function requireReadable(workspace: Pick<Workspace, "state" | "role" | "suspendedAccess">): void {
  requireEntry(workspace);
  if (["ACTIVE", "CLOSING", "SUSPENDED"].includes(workspace.state)) return;
  throw new DomainError("PRECONDITION_FAILED", "The workspace is not open right now. Its pages show where it is.", {
    reason: "tenant-not-active",
  });
}

/** @throws DomainError PRECONDITION_FAILED (`tenant-not-active`, `tenant-closing`, `tenant-suspended`) while the workspace is being made, moved, suspended or closed. */
export function requireActive(workspace: Workspace): void {
  if (workspace.state === "ACTIVE") return;
  if (workspace.state === "CLOSING") {
    throw new DomainError(
      "PRECONDITION_FAILED",
      "The workspace is being closed: it can be read and exported, not changed. An owner can cancel the closing.",
      { reason: "tenant-closing" },
    );
  }
  if (workspace.state === "SUSPENDED") {
    throw new DomainError("PRECONDITION_FAILED", "The workspace is suspended: its owners read and export it, and nobody changes it.", {
      reason: "tenant-suspended",
    });
  }
  throw new DomainError("PRECONDITION_FAILED", "The workspace is not open for changes right now. Its pages show where it is.", {
    reason: "tenant-not-active",
  });
}

/** @throws DomainError NOT_FOUND for an unknown workspace, and in the same words for one that the person is not in. */
export async function requireMembership(ctx: RequestContext, userId: string, slug: string): Promise<Workspace> {
  const workspace = isStorable(slug) ? await findMembership(ctx.services.control, userId, slug) : undefined;
  if (workspace) return workspace;
  throw new DomainError("NOT_FOUND", "This workspace does not exist, or you are not a member of it.", { reason: "tenant-unknown" });
}
