import type { AppRouter } from "@leasehold/application/router";
import { DomainError, type DomainErrorCode, errorTable } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { workerIssuer } from "@leasehold/tenancy/token/claims";
import { signTenantToken } from "@leasehold/tenancy/token/sign-token";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import type { JWK } from "jose";
import superjson from "superjson";

/** Milliseconds: a page of bodies takes the application plane a few seconds, one large body more. */
const callMs = 60_000;

export interface KeyCareNeeds {
  applicationUrl: string;
  tokenKey: JWK;
}

export interface KeyCareCaller {
  tenantId: TenantId;
  plan: string;
  /** The operation that the call is for; of the watch's own making where there is none. */
  operationId: OperationId;
  requestId: string;
  signal: AbortSignal;
}

export type KeyCareClient = TRPCClient<AppRouter>["keys"];

/**
 * Asks the application plane to look after a tenant's keys, with a token for that alone, made anew for each call.
 * Throws DomainError: what the plane answers, UNAVAILABLE when it does not.
 */
export async function callKeyCare<T>(
  { applicationUrl, tokenKey }: KeyCareNeeds,
  { tenantId, plan, operationId, requestId, signal }: KeyCareCaller,
  ask: (keys: KeyCareClient, options: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const token = await signTenantToken(tokenKey, { issuer: workerIssuer, tenantId, plan, scope: "key-care", operationId });
  const headers = { authorization: `Bearer ${token}`, "x-request-id": requestId };
  const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${applicationUrl}/trpc`, transformer: superjson, headers })] });
  try {
    return await ask(client.keys, { signal: AbortSignal.any([signal, AbortSignal.timeout(callMs)]) });
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
