import { readFileSync } from "node:fs";
import { crossTenantPaths } from "@leasehold/db/cross-tenants";
import { expect, test } from "vitest";
import { crossTenantPolicies } from "../support/catalogue/register.ts";

test("every path that may cross tenants is published with its reason", () => {
  const published = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
  for (const policy of Object.keys(crossTenantPolicies)) expect(published).toContain(`\`${policy}\``);
});

test("every path that code takes across tenants is published with its name", () => {
  const published = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
  for (const path of Object.keys(crossTenantPaths)) expect(published).toContain(`\`${path}\``);
});
