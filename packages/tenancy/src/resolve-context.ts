import { type AppContext, actorOf } from "./context.ts";
import { admitTenant } from "./placement/admit-tenant.ts";
import type { PlacementDirectory } from "./placement/find-placement.ts";
import type { TokenVerifier } from "./token/verify-token.ts";

export interface ContextSources {
  verifier: TokenVerifier;
  placements: PlacementDirectory;
}

/**
 * Turns a request into its tenant's context: the token is verified, the tenant found and let in, its place known.
 * Throws UNAUTHENTICATED, PRECONDITION_FAILED or UNAVAILABLE, each with a reason.
 */
export async function resolveContext(
  { verifier, placements }: ContextSources,
  request: { authorization: string | undefined; requestId: string },
): Promise<AppContext> {
  const token = await verifier.verify(request.authorization);
  const { state, plan, placement } = await placements.find(token.tenantId);
  admitTenant(state, { verification: token.scope === "verification" });
  return {
    tenantId: token.tenantId,
    plan,
    placement,
    actor: actorOf(token),
    requestId: request.requestId,
    roles: token.roles,
    tokenScope: token.scope,
  };
}
