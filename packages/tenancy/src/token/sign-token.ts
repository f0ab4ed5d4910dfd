import { randomUUID } from "node:crypto";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import { importJWK, type JWK, SignJWT } from "jose";
import { awsTagsClaim, maxTokenLifetimeSeconds, type TokenScope, tokenAudience } from "./claims.ts";

interface CommonClaims {
  issuer: string;
  tenantId: TenantId;
  plan: string;
  /** At most 60, which is also the default. */
  lifetimeSeconds?: number;
}

/** A person's token carries roles; the worker's a scope and the operation that it works for, and no role. */
export type TenantTokenClaims = CommonClaims &
  ({ subject: string; roles: readonly Role[]; scope?: undefined } | { scope: TokenScope; operationId: OperationId });

/**
 * A short-lived EdDSA token for the application plane, naming exactly one tenant; also as session tags for STS.
 * The key is an Ed25519 private JWK with a `kid`.
 */
export async function signTenantToken(privateJwk: JWK, claims: TenantTokenClaims): Promise<string> {
  const key = await importJWK(privateJwk, "EdDSA");
  const now = Math.floor(Date.now() / 1000);
  const lifetime = Math.min(claims.lifetimeSeconds ?? maxTokenLifetimeSeconds, maxTokenLifetimeSeconds);
  return new SignJWT({
    tenant_id: claims.tenantId,
    ...(claims.scope === undefined ? { roles: [...claims.roles] } : { roles: [], scope: claims.scope, operation_id: claims.operationId }),
    [awsTagsClaim]: { principal_tags: { TenantID: [claims.tenantId], Plan: [claims.plan] } },
  })
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT", kid: privateJwk.kid })
    .setIssuer(claims.issuer)
    .setAudience(tokenAudience)
    .setSubject(claims.scope === undefined ? claims.subject : "system")
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(key);
}
