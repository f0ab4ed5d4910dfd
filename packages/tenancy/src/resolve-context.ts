import type { Actor } from "@leasehold/domain/context";
import { isPlanId, plans } from "@leasehold/domain/plans";
import type { Role } from "@leasehold/domain/roles";
import { bringsApiKey } from "./api-keys/key-text.ts";
import type { ApiKeyVerifier, VerifiedApiKey } from "./api-keys/verify-api-key.ts";
import { type AppContext, actorOf } from "./context.ts";
import { type Admission, admitRegion, admitTenant } from "./placement/admit-tenant.ts";
import type { PlacementDirectory } from "./placement/find-placement.ts";
import type { VerifiedToken } from "./token/claims.ts";
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
  const { authorization, requestId } = request;
  const { admission, ...caller } = bringsApiKey(authorization)
    ? callerOfKey(await apiKeys.verify(authorization))
    : callerOfToken(await verifier.verify(authorization), authorization);
  const { plan, placement, ...found } = await placements.find(caller.tenantId);
  admitTenant(found, admission);
  admitRegion(placement, region);
  return { flags: isPlanId(plan) ? plans[plan].entitlements : [], ...caller, plan, placement, requestId };
}

/**
 * Asks once more about a request that was let in and lasts: an API key and its tenant as they are now, and of a token, which has said what it
 * says, the tenant. Throws as `resolveContext`.
 */
export async function admitAgain(sources: ContextSources, app: AppContext, authorization: string | undefined): Promise<void> {
  if (app.actor.type === "api-key") {
    await resolveContext(sources, { authorization, requestId: app.requestId });
    return;
  }
  admitTenant(await sources.placements.find(app.tenantId), admissionOf(app.tokenScope, app.roles));
}

/** Who asks, before the tenant's place is known. */
interface Caller extends Omit<AppContext, "plan" | "placement" | "requestId"> {
  admission: Admission;
}

function callerOfKey({ tenantId, keyId, scopes, rate }: VerifiedApiKey): Caller {
  const actor: Actor = { type: "api-key", keyId };
  return { tenantId, actor, roles: [], tokenScope: undefined, keyScopes: scopes, keyRate: rate, admission: {} };
}

function callerOfToken(token: VerifiedToken, authorization: string | undefined): Caller {
  const { tenantId, roles, flags, scope } = token;
  const admission = admissionOf(scope, roles);
  return { tenantId, actor: actorOf(token), roles, flags, tokenScope: scope, identityToken: () => bearer(authorization), admission };
}

function admissionOf(scope: AppContext["tokenScope"], roles: readonly Role[]): Admission {
  return { verification: scope === "verification", whileClosing: scope !== undefined || roles.includes("owner") };
}
