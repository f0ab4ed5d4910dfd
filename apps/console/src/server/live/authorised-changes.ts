import type { Wake } from "@leasehold/db/control/operations/operation-feed";
import { DomainError } from "@leasehold/domain/errors";
import { toTRPCError } from "@leasehold/tenancy/trpc/to-trpc-error";
import type { ConsoleContext } from "../trpc.ts";

/**
 * The feed's wakes, each after the operator's session was looked at again: a stream outlives the request that was allowed,
 * and ends within seconds of the session. @throws TRPCError UNAUTHORIZED, upon which the page's client does not come back.
 */
export async function* authorisedChanges(
  ctx: Pick<ConsoleContext, "feed" | "isStillSignedIn">,
  operationId: string | undefined,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<Wake, void, void> {
  for await (const wake of ctx.feed.changes(operationId, signal)) {
    if (!(await ctx.isStillSignedIn())) throw toTRPCError(new DomainError("UNAUTHENTICATED", "Sign in to continue."));
    yield wake;
  }
}
