import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { crossTenantPolicies } from "../support/catalogue/register.ts";

test("every path that may cross tenants is published with its reason", () => {
  const published = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
  for (const policy of Object.keys(crossTenantPolicies)) expect(published).toContain(`\`${policy}\``);
});
