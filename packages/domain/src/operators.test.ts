import { expect, test } from "vitest";
import { lacksScope, type OperatorScope, operatorMay, operatorRoles, operatorScopes, rolesFor } from "./operators.ts";

test("somebody without a role may nothing, and an admin everything", () => {
  for (const scope of operatorScopes) {
    expect(operatorMay(undefined, scope), scope).toBe(false);
    expect(operatorMay("admin", scope), scope).toBe(true);
  }
});

test("whoever runs operations reads no payload, stops no destruction and takes no second factor away, and the other way round", () => {
  const guarded: OperatorScope[] = ["legal-holds:manage", "payloads:read", "second-factors:reset"];
  const run: OperatorScope[] = ["tenants:onboard", "tenants:close", "operations:run"];
  for (const scope of guarded) expect(operatorRoles.filter((role) => operatorMay(role, scope))).toEqual(["security", "admin"]);
  for (const scope of run) expect(operatorRoles.filter((role) => operatorMay(role, scope))).toEqual(["operator", "admin"]);
  expect(operatorRoles.filter((role) => operatorMay(role, "operators:manage"))).toEqual(["admin"]);
  for (const scope of ["tenants:suspend", "sessions:end"] as const)
    expect(operatorRoles.filter((role) => operatorMay(role, scope))).toEqual(["operator", "security", "admin"]);
});

test("a refusal names the roles that it takes", () => {
  expect(rolesFor("operators:manage")).toBe("the role admin");
  expect(rolesFor("invitations:resend")).toBe("the role support, operator or admin");
  expect(lacksScope("payloads:read")).toMatchObject({
    code: "FORBIDDEN",
    reason: "operator-role",
    message: "To read what Temporal keeps of a run takes the role security or admin. An admin can give it to you.",
  });
});
