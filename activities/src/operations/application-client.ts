import type { AppRouter } from "@leasehold/application/router";
import { DomainError, type DomainErrorCode, errorTable } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { type TokenScope, workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import type { JWK } from "jose";
import superjson from "superjson";

export interface ApplicationNeeds {
  applicationUrl: string;
  tokenKey: JWK;
}

export interface ApplicationCaller {
  tenantId: TenantId;
  plan: string;
  /** The operation that the call is for; of the caller's own making where there is none. */
  operationId: OperationId;
  requestId: string;
  signal: AbortSignal;
}

/**
 * Asks the application plane for something about one tenant, with a token for that alone, made anew for each call.
 * Throws DomainError: what the plane answers, UNAVAILABLE when it does not within `callMs`.
 */
export async function callApplication<T>(
  { applicationUrl, tokenKey }: ApplicationNeeds,
  { tenantId, plan, operationId, requestId, signal }: ApplicationCaller,
  { scope, callMs }: { scope: TokenScope; callMs: number },
  ask: (client: TRPCClient<AppRouter>, options: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const token = await signTenantToken(tokenKey, { issuer: workerIssuer, tenantId, plan, scope, operationId });
  const headers = { authorization: `Bearer ${token}`, "x-request-id": requestId };
  const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${applicationUrl}/trpc`, transformer: superjson, headers })] });
  try {
    return await ask(client, { signal: AbortSignal.any([signal, AbortSignal.timeout(callMs)]) });
  } catch (error) {
    throw error instanceof TRPCClientError ? fromAnswer(error) : error;
  }
}

function fromAnswer(error: TRPCClientError<AppRouter>): DomainError {
  const data = error.data;
  const code = data?.domainCode ?? "UNAVAILABLE";
  if (data?.domainCode == null || !Object.hasOwn(errorTable, code)) {
    return new DomainError("UNAVAILABLE", "The application plane did not do this now.", { reason: "application-away", cause: error });
  }
  const { reason, field, retryAfterSeconds } = data;
  return new DomainError(code as DomainErrorCode, error.message, {
    ...(reason ? { reason } : {}),
    ...(field ? { field } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  });
}
