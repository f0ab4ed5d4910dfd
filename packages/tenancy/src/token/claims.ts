import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";

export const tokenAudience = "leasehold:application";
/** The only issuer whose tokens carry a scope in place of a person's roles. */
export const workerIssuer = "leasehold:worker";
/** The bound on how long a revoked person or a changed role keeps access. */
export const maxTokenLifetimeSeconds = 60;
/** The claim that STS reads session tags from. */
export const awsTagsClaim = "https://aws.amazon.com/tags";

/** What the worker asks the application plane for, one thing a token. */
/** Session tags that a chain of roles keeps and cannot override. */
export const sessionTagKeys = ["TenantID", "Plan"] as const;
/** EdDSA, or ES256 where STS takes the tokens too (AssumeRoleWithWebIdentity). */
export const tokenAlgorithms = ["EdDSA", "ES256"];
export const maxTokenFlags = 50;

export const tokenScopes = ["verification", "key-care", "export"] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** Every reason for which a token is refused, as `DomainError.reason`. */
export type TokenRefusal =
  | "token-missing"
  | "token-malformed"
  | "token-algorithm"
  | "token-issuer-unknown"
  | "token-signature"
  | "token-audience"
  | "token-expired"
  | "token-not-yet-valid"
  | "token-lifetime"
  | "token-tenant-missing"
  | "token-tenant-ambiguous"
  | "token-tenant-malformed"
  | "token-subject"
  | "token-roles"
  | "token-flags"
  | "token-scope";

/** What a token says once its signature, issuer, audience, times and tenant hold. */
export interface VerifiedToken {
  issuer: string;
  subject: string;
  tenantId: TenantId;
  plan: string;
  roles: readonly Role[];
  /** What the plan was entitled to when the token was signed, at most a minute ago. */
  flags: readonly string[];
  scope: TokenScope | undefined;
  /** Set on the worker's tokens. */
  operationId: OperationId | undefined;
  tokenId: string;
  /** Seconds since 1970. */
  expiresAt: number;
}
