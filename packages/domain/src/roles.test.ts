import { expect, test } from "vitest";
import { canAssignRole, hasScope, roles, scopes } from "./roles.ts";

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
