import { expect, test } from "vitest";
import { canAssignRole, hasScope, type Role, roles, type Scope, scopes } from "./roles.ts";

test("a weaker role never holds a scope that a stronger one lacks", () => {
  for (const scope of scopes) {
    const holders = roles.map((role) => hasScope(role, scope));
    expect([...holders].sort().reverse()).toEqual(holders);
  }
});

test("only an owner makes or unmakes owners", () => {
  expect(roles.filter((role) => canAssignRole(role, "owner"))).toEqual(["owner"]);
});

test("members and viewers give nobody a role", () => {
  for (const role of roles) {
    expect(canAssignRole("member", role)).toBe(false);
    expect(canAssignRole("viewer", role)).toBe(false);
  }
});

test("a role holds what is written down here, and nothing else", () => {
  const reads: Scope[] = ["tenant:read", "members:read", "documents:read", "operations:read"];
  const writes: Scope[] = ["documents:write"];
  const manages: Scope[] = ["tenant:update", "members:invite", "members:manage", "audit:read", "keys:manage", "api-keys:manage"];
  const written: Record<Role, Scope[]> = {
    viewer: reads,
    member: [...reads, ...writes],
    admin: [...reads, ...writes, ...manages],
    owner: [...reads, ...writes, ...manages, "tenant:close", "tenant:export", "members:erase"],
  };
  for (const role of roles) expect(scopes.filter((scope) => hasScope(role, scope)).sort(), role).toEqual([...written[role]].sort());
});
