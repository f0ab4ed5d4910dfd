import type { AppRouter } from "@leasehold/application/router";
import { DomainError, type DomainErrorCode, errorTable } from "@leasehold/domain/errors";
import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs } from "@trpc/server";
import superjson from "superjson";

type Canary = inferRouterInputs<AppRouter>["verification"]["run"]["canary"];

const callMs = 12_000;

/**
 * Asks the application plane to verify a tenant. Throws DomainError: UNAVAILABLE when it does not answer, otherwise what
 * it says, PRECONDITION_FAILED for a check that failed.
 */
export async function runVerification(
  url: string,
  { token, requestId, signal }: { token: string; requestId: string; signal: AbortSignal },
  canary: Canary,
): Promise<void> {
  const client = createTRPCClient<AppRouter>({
    links: [
      httpLink({ url: `${url}/trpc`, transformer: superjson, headers: { authorization: `Bearer ${token}`, "x-request-id": requestId } }),
    ],
  });
  try {
    await client.verification.run.mutate({ canary }, { signal: AbortSignal.any([signal, AbortSignal.timeout(callMs)]) });
  } catch (error) {
    throw error instanceof TRPCClientError ? fromAnswer(error) : error;
  }
}

function fromAnswer(error: TRPCClientError<AppRouter>): DomainError {
  const said: unknown = error.data?.code;
  const code = (Object.keys(errorTable) as DomainErrorCode[]).find((each) => errorTable[each].trpc === said) ?? "UNAVAILABLE";
  if (code === "UNAVAILABLE") {
    return new DomainError("UNAVAILABLE", "The application plane could not verify the tenant now.", {
      reason: "verification-away",
      cause: error,
    });
  }
  return new DomainError(code, `The application plane refused the verification: ${error.message}`, { reason: "verification-refused" });
}
