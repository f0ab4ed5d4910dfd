import { DomainError } from "@leasehold/domain/errors";
import { isId, type TenantId } from "@leasehold/domain/ids";
import { type Role, roles } from "@leasehold/domain/roles";
import type { JWTPayload } from "jose";
import {
  awsTagsClaim,
  maxTokenFlags,
  maxTokenLifetimeSeconds,
  type TokenRefusal,
  type TokenScope,
  tokenScopes,
  type VerifiedToken,
  workerIssuer,
} from "./claims.ts";

const clockSkewSeconds = 5;

export function refuseToken(reason: TokenRefusal, message = "Sign in again.", cause?: unknown): DomainError {
  return new DomainError("UNAUTHENTICATED", message, { reason, cause });
}

/** The claims of a token whose signature, issuer and audience hold already. Throws UNAUTHENTICATED with a TokenRefusal. */
export function readClaims(payload: JWTPayload): VerifiedToken {
  const { iss, sub, jti, iat, exp } = payload;
  if (iss === undefined || jti === undefined || iat === undefined || exp === undefined) throw refuseToken("token-malformed");
  if (sub === undefined || sub === "") throw refuseToken("token-subject");
  if (iat > Date.now() / 1000 + clockSkewSeconds) throw refuseToken("token-not-yet-valid");
  if (exp - iat > maxTokenLifetimeSeconds || exp <= iat) throw refuseToken("token-lifetime");
  const tags = principalTags(payload);
  return {
    issuer: iss,
    subject: sub,
    tenantId: readTenant(payload.tenant_id, tags.TenantID),
    plan: readPlan(tags.Plan),
    flags: readFlags(payload.flags),
    ...readAuthority(iss, payload),
    tokenId: jti,
    expiresAt: exp,
  };
}

function principalTags(payload: JWTPayload): Record<string, unknown> {
  const claim = payload[awsTagsClaim];
  const tags = typeof claim === "object" && claim !== null && "principal_tags" in claim ? claim.principal_tags : undefined;
  return typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>) : {};
}

function readTenant(claim: unknown, tag: unknown): TenantId {
  if (claim === undefined || claim === null || claim === "") throw refuseToken("token-tenant-missing", "The token names no tenant.");
  if (Array.isArray(claim)) throw refuseToken("token-tenant-ambiguous", "The token names more than one tenant.");
  if (!isId("tenant", claim)) throw refuseToken("token-tenant-malformed", "The token's tenant is not well formed.");
  if (!Array.isArray(tag) || tag.length !== 1 || tag[0] !== claim) {
    throw refuseToken("token-tenant-ambiguous", "The token's session tags do not name its one tenant.");
  }
  return claim;
}

function readPlan(tag: unknown): string {
  const plan: unknown = Array.isArray(tag) && tag.length === 1 ? tag[0] : undefined;
  if (typeof plan !== "string" || !/^[a-z][a-z0-9-]{0,40}$/.test(plan)) throw refuseToken("token-malformed");
  return plan;
}

function readFlags(claim: unknown): string[] {
  if (claim === undefined) return [];
  if (!Array.isArray(claim) || claim.length > maxTokenFlags || !claim.every(isFlag)) {
    throw refuseToken("token-flags", "The token's flags are not well formed.");
  }
  return claim;
}

function isFlag(value: unknown): value is string {
  return typeof value === "string" && /^[a-z][a-z0-9-]{0,60}$/.test(value);
}

/** People's tokens carry roles and no scope; the worker's carry a scope, an operation and no roles. */
function readAuthority(issuer: string, payload: JWTPayload): Pick<VerifiedToken, "roles" | "scope" | "operationId"> {
  const { roles: claimed, scope, operation_id: operationId } = payload;
  if (!Array.isArray(claimed) || !claimed.every(isRole)) throw refuseToken("token-roles", "The token's roles are not known.");
  if (issuer !== workerIssuer) {
    if (scope !== undefined || operationId !== undefined) throw refuseToken("token-scope", "This issuer's tokens carry no scope.");
    if (claimed.length === 0) throw refuseToken("token-roles", "The token names no role.");
    return { roles: claimed, scope: undefined, operationId: undefined };
  }
  if (!isScope(scope) || claimed.length > 0 || !isId("operation", operationId)) throw refuseToken("token-scope");
  return { roles: [], scope, operationId };
}

function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value);
}

function isScope(value: unknown): value is TokenScope {
  return tokenScopes.some((scope) => scope === value);
}
