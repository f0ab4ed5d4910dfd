import type { ApiKeyRate } from "@leasehold/domain/api-keys";
import type { Actor, TenantContext } from "@leasehold/domain/context";
import type { TenantId } from "@leasehold/domain/ids";
import type { Placement } from "@leasehold/domain/placement";
import { hasScope, type Role, type Scope } from "@leasehold/domain/roles";
import type { TokenScope, VerifiedToken } from "./token/claims.ts";

/** What the keys, objects and credentials of one tenant hang from. Handed on as an argument, never ambient. */
export interface TenantScope {
  tenantId: TenantId;
  plan: string;
  placement: Placement;
  /** ARN of the KMS key of an epoch: with it, credentials open the epoch's branch key and reach nothing else. */
  branchKeyArn?: string | undefined;
  /** The request's own token, for STS where credentials are had with it; absent in work that no token began. */
  identityToken?: (() => string) | undefined;
}

/** One verified request of one tenant: who, for whom, in which roles, and where the tenant's data is. */
export interface AppContext extends TenantContext, TenantScope {
  roles: readonly Role[];
  /** What the tenant's plan is entitled to, as its token says; a change of plan reaches it within a minute. */
  flags?: readonly string[];
  /** A restricted token does what its scope names and nothing else. */
  tokenScope: TokenScope | undefined;
  /** Of an API key, which has no role: what it may do. */
  keyScopes?: readonly Scope[] | undefined;
  /** The API key's own rate; undefined where the plan's holds. */
  keyRate?: ApiKeyRate | undefined;
}

/** Who a verified token speaks for. The worker's token names the operation that it works for. */
export function actorOf(token: VerifiedToken): Actor {
  if (token.operationId !== undefined) return { type: "system", operationId: token.operationId };
  return { type: "user", userId: token.subject };
}

/** Whether the request's API key, or any of its roles, holds the scope. A restricted token holds none. */
export function contextHasScope(context: Pick<AppContext, "roles" | "tokenScope" | "keyScopes">, scope: Scope): boolean {
  if (context.keyScopes !== undefined) return context.keyScopes.includes(scope);
  return context.tokenScope === undefined && context.roles.some((role) => hasScope(role, scope));
}
