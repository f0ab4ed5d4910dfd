import { DomainError } from "./errors.ts";

/** An operator's role in the console, from the least to the most that it may do. */
export const operatorRoles = ["support", "operator", "security", "admin"] as const;
export type OperatorRole = (typeof operatorRoles)[number];

export const operatorScopes = [
  "tenants:read",
  "invitations:resend",
  "tenants:onboard",
  "tenants:close",
  "tenants:suspend",
  "sessions:end",
  "second-factors:reset",
  "operations:run",
  "legal-holds:manage",
  "payloads:read",
  "operators:manage",
] as const;
export type OperatorScope = (typeof operatorScopes)[number];

/**
 * The whole matrix; `control.operator_permissions` says the same to the database. Security sees what is in a payload, stops a
 * destruction and shuts a tenant out, and runs nothing else; who runs things does neither of the first two.
 */
export const operatorRoleScopes: Record<OperatorRole, readonly OperatorScope[]> = {
  support: ["tenants:read", "invitations:resend"],
  operator: ["tenants:read", "invitations:resend", "tenants:onboard", "tenants:close", "tenants:suspend", "sessions:end", "operations:run"],
  security: ["tenants:read", "tenants:suspend", "sessions:end", "second-factors:reset", "legal-holds:manage", "payloads:read"],
  admin: operatorScopes,
};

export const operatorRoleDescriptions: Record<OperatorRole, string> = {
  support: "Sees every tenant, and sends a first invitation again",
  operator:
    "Adds, approves and suspends tenants, ends people’s sessions, retries, rolls back, rotates keys, asks for and approves closings and giving up keys",
  security:
    "Suspends tenants, ends people’s sessions, asks for and approves taking away a lost second factor, places and releases legal holds, and reads what Temporal keeps of runs",
  admin: "Everything, and says who has which role and who is active",
};

/** What each scope lets an operator do, to go on after “To”. */
const deeds: Record<OperatorScope, string> = {
  "tenants:read": "see tenants",
  "invitations:resend": "send an invitation again",
  "tenants:onboard": "add or decide about a new tenant",
  "tenants:close": "ask for, decide about or change a closing, or give up keys that do not open",
  "tenants:suspend": "suspend a tenant or end that",
  "sessions:end": "end a person’s sessions",
  "second-factors:reset": "ask for or decide about taking away a second factor",
  "operations:run": "retry, roll back or begin an operation",
  "legal-holds:manage": "place or release a legal hold",
  "payloads:read": "read what Temporal keeps of a run",
  "operators:manage": "see operators, change their roles, end their sessions and deactivate them",
};

/** The one function that procedures and pages ask. Somebody without a role may nothing. */
export function operatorMay(role: OperatorRole | undefined, scope: OperatorScope): boolean {
  return role !== undefined && operatorRoleScopes[role].includes(scope);
}

/** Which roles it takes, in words: “the role operator or admin”. */
export function rolesFor(scope: OperatorScope): string {
  const holders = operatorRoles.filter((role) => operatorMay(role, scope));
  return `the role ${holders.length > 2 ? `${holders.slice(0, -1).join(", ")} or ${holders.at(-1)}` : holders.join(" or ")}`;
}

/** @returns why an operator without the scope is refused, and what it takes */
export function lacksScope(scope: OperatorScope): DomainError {
  return new DomainError("FORBIDDEN", `To ${deeds[scope]} takes ${rolesFor(scope)}. An admin can give it to you.`, {
    reason: "operator-role",
  });
}
