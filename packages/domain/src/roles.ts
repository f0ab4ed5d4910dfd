/** A member's role in one tenant, strongest first. */
export const roles = ["owner", "admin", "member", "viewer"] as const;
export type Role = (typeof roles)[number];

export const scopes = [
  "tenant:read",
  "tenant:update",
  "tenant:close",
  "tenant:export",
  "members:read",
  "members:invite",
  "members:manage",
  "members:erase",
  "documents:read",
  "documents:write",
  "operations:read",
  "audit:read",
  "keys:manage",
  "api-keys:manage",
] as const;
export type Scope = (typeof scopes)[number];

const viewer: Scope[] = ["tenant:read", "members:read", "documents:read", "operations:read"];
const member: Scope[] = [...viewer, "documents:write"];
const admin: Scope[] = [...member, "tenant:update", "members:invite", "members:manage", "audit:read", "keys:manage", "api-keys:manage"];
const owner: Scope[] = [...admin, "tenant:close", "tenant:export", "members:erase"];

/** The whole permission matrix. `canAssignRole` says besides that only an owner makes or unmakes owners. */
export const roleScopes: Record<Role, readonly Scope[]> = { owner, admin, member, viewer };

export const roleDescriptions: Record<Role, string> = {
  owner: "Everything, including ownership and closing the workspace",
  admin: "Manages people and settings, and all documents",
  member: "Creates, changes and deletes documents",
  viewer: "Reads documents",
};

/** What an API key may be given: what the application plane's interface does, and never the making of keys. */
export const apiKeyScopes = ["documents:read", "documents:write"] as const satisfies readonly Scope[];

/** The one function that server and interface ask. */
export function hasScope(role: Role, scope: Scope): boolean {
  return roleScopes[role].includes(scope);
}

/** Whether `by` may give someone `role`, or take it away. */
export function canAssignRole(by: Role, role: Role): boolean {
  return by === "owner" || (by === "admin" && role !== "owner");
}
