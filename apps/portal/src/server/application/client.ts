import type { AppRouter } from "@leasehold/application/router";
import type { Workspace } from "@leasehold/db/control/members/list-members";
import { DomainError, type DomainErrorCode, errorTable, isDomainError } from "@leasehold/domain/errors";
import { inSpan } from "@leasehold/tenancy/telemetry/in-span";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import superjson from "superjson";
import type { Services } from "../services.ts";
import { requireReadable } from "../trpc.ts";

const timeoutMs = 10_000;

/**
 * A token for one request of one member to the application plane, good for a minute: for an ACTIVE workspace, and for the owners of one
 * that is being closed, or suspended so that they read it. Throws PRECONDITION_FAILED.
 */
export async function applicationToken(services: Services, workspace: Workspace, userId: string): Promise<string> {
  requireReadable(workspace);
  return signTenantToken(services.env.PORTAL_TOKEN_PRIVATE_JWK, {
    issuer: services.env.PORTAL_URL,
    tenantId: workspace.tenantId,
    plan: workspace.plan,
    subject: userId,
    roles: [workspace.role],
  });
}

/** The application plane, as one member of one workspace. */
export function applicationClient(services: Services, workspace: Workspace, userId: string, requestId: string): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${services.env.APPLICATION_URL}/trpc`,
        transformer: superjson,
        headers: async ({ op: { context } }) => ({
          authorization: `Bearer ${await applicationToken(services, workspace, userId)}`,
          "x-request-id": requestId,
          ...(typeof context.idempotencyKey === "string" ? { "idempotency-key": context.idempotencyKey } : {}),
        }),
        fetch: (url, options) =>
          inSpan("application-call", {}, () =>
            fetch(url, { ...options, redirect: "error", signal: AbortSignal.timeout(timeoutMs) } as RequestInit),
          ),
      }),
    ],
  });
}

/** Runs a call and turns what the application plane answered into our own error; silence into UNAVAILABLE. */
export async function callApplication<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    if (isDomainError(error.cause)) throw error.cause;
    const data = error.data as { domainCode?: string; reason?: string; field?: string; retryAfterSeconds?: number } | undefined;
    const code = data?.domainCode;
    if (code !== undefined && code !== null && Object.hasOwn(errorTable, code))
      throw new DomainError(code as DomainErrorCode, error.message, {
        reason: data?.reason ?? undefined,
        field: data?.field ?? undefined,
        retryAfterSeconds: data?.retryAfterSeconds ?? undefined,
      });
    throw new DomainError("UNAVAILABLE", "Your documents cannot be reached right now. Nothing was changed; try again in a moment.", {
      reason: "application-away",
      retryAfterSeconds: 5,
      cause: error,
    });
  }
}
