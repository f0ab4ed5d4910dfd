import { isPlanId, plans } from "@leasehold/domain/plans";
import { bringsApiKey } from "./api-keys/key-text.ts";
import type { ApiKeyVerifier } from "./api-keys/verify-api-key.ts";
import { type AppContext, actorOf } from "./context.ts";
import { admitRegion, admitTenant } from "./placement/admit-tenant.ts";
import type { PlacementDirectory } from "./placement/find-placement.ts";
import { bearer, type TokenVerifier } from "./token/verify-token.ts";

export interface ContextSources {
  verifier: TokenVerifier;
  apiKeys: ApiKeyVerifier;
  placements: PlacementDirectory;
  /** Where this process serves tenants. */
  region: string;
}

/**
 * Turns a request into its tenant's context: the token or API key is verified, the tenant found and let in, its place known.
 * Throws UNAUTHENTICATED, PRECONDITION_FAILED or UNAVAILABLE, each with a reason.
 */
export async function resolveContext(
  { verifier, apiKeys, placements, region }: ContextSources,
  request: { authorization: string | undefined; requestId: string },
): Promise<AppContext> {
  if (bringsApiKey(request.authorization)) {
    const { tenantId, keyId, scopes } = await apiKeys.verify(request.authorization);
    const { state, plan, placement } = await placements.find(tenantId);
    admitTenant(state, {});
    admitRegion(placement, region);
    return {
      tenantId,
      plan,
      placement,
      actor: { type: "api-key", keyId },
      requestId: request.requestId,
      roles: [],
      flags: isPlanId(plan) ? plans[plan].entitlements : [],
      tokenScope: undefined,
      keyScopes: scopes,
    };
  }
  const token = await verifier.verify(request.authorization);
  const { state, plan, placement } = await placements.find(token.tenantId);
  admitTenant(state, {
    verification: token.scope === "verification",
    whileClosing: token.scope !== undefined || token.roles.includes("owner"),
  });
  admitRegion(placement, region);
  return {
    tenantId: token.tenantId,
    plan,
    placement,
    actor: actorOf(token),
    requestId: request.requestId,
    roles: token.roles,
    flags: token.flags,
    tokenScope: token.scope,
    identityToken: () => bearer(request.authorization),
  };
}
