import { randomUUID } from "node:crypto";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { isPlanId, plans } from "@leasehold/domain/plans";
import type { Role } from "@leasehold/domain/roles";
import { type CryptoKey, importJWK, type JWK, SignJWT } from "jose";
import { awsTagsClaim, maxTokenLifetimeSeconds, sessionTagKeys, type TokenScope, tokenAudience } from "./claims.ts";

interface CommonClaims {
  issuer: string;
  tenantId: TenantId;
  plan: string;
  /** The plan's entitlements unless told. */
  flags?: readonly string[];
  /** At most 60, which is also the default. */
  lifetimeSeconds?: number;
}

/** A person's token carries roles; the worker's a scope and the operation that it works for, and no role. */
export type TenantTokenClaims = CommonClaims &
  ({ subject: string; roles: readonly Role[]; scope?: undefined } | { scope: TokenScope; operationId: OperationId });

/**
 * A short-lived token for the application plane, naming exactly one tenant; also as session tags for STS. The key is a private
 * JWK with a `kid`: Ed25519, or P-256 where STS is to take the tokens itself.
 */
export async function signTenantToken(privateJwk: JWK, claims: TenantTokenClaims): Promise<string> {
  const alg = algorithmOf(privateJwk);
  const key = await keyOf(privateJwk);
  const now = Math.floor(Date.now() / 1000);
  const lifetime = Math.min(claims.lifetimeSeconds ?? maxTokenLifetimeSeconds, maxTokenLifetimeSeconds);
  return new SignJWT({
    tenant_id: claims.tenantId,
    ...(claims.scope === undefined ? { roles: [...claims.roles] } : { roles: [], scope: claims.scope, operation_id: claims.operationId }),
    flags: [...(claims.flags ?? (isPlanId(claims.plan) ? plans[claims.plan].entitlements : []))],
    [awsTagsClaim]: { principal_tags: { TenantID: [claims.tenantId], Plan: [claims.plan] }, transitive_tag_keys: [...sessionTagKeys] },
  })
    .setProtectedHeader({ alg, typ: "JWT", kid: privateJwk.kid })
    .setIssuer(claims.issuer)
    .setAudience(tokenAudience)
    .setSubject(claims.scope === undefined ? claims.subject : "system")
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(key);
}

const algorithmOf = ({ kty }: JWK) => (kty === "EC" ? "ES256" : "EdDSA");
const imported = new WeakMap<JWK, Promise<CryptoKey | Uint8Array>>();

/** A process signs with one key: it is imported once. */
function keyOf(privateJwk: JWK): Promise<CryptoKey | Uint8Array> {
  const known = imported.get(privateJwk) ?? importJWK(privateJwk, algorithmOf(privateJwk));
  imported.set(privateJwk, known);
  return known;
}
