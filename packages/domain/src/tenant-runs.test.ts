import { expect, test } from "vitest";
import type { TenantId } from "./ids.ts";
import { tenantOfRun, tenantRunId, tenantRunPrefix } from "./tenant-runs.ts";

const tenantId: TenantId = "tnt_0000000000000000000000000A";

test("a run names its tenant, and a schedule's run names the same one", () => {
  const id = tenantRunId(tenantId, "export", "exp_01");
  expect(id).toBe(`t:${tenantId}:export:exp_01`);
  expect(tenantOfRun(id)).toBe(tenantId);
  expect(tenantOfRun(`${id}-2026-11-21T01:48:54Z`)).toBe(tenantId);
  expect(id.startsWith(tenantRunPrefix(tenantId))).toBe(true);
});

test("lifecycle runs are nobody's", () => {
  for (const id of ["onboarding:op_1", "keys:op_1", "temporal-sys-scheduler:x", "", `x:${tenantId}:export:1`])
    expect(tenantOfRun(id)).toBeUndefined();
});

test("what begins as a tenant's run and names no tenant is refused", () => {
  for (const id of ["t:", "t:acme:export:1", `t:${tenantId}`, `t:${tenantId}B:export:1`, `t: ${tenantId}:export:1`])
    expect(() => tenantOfRun(id), id).toThrow();
});

test("names and addresses find no way into an id", () => {
  expect(() => tenantRunId("acme" as TenantId, "export", "1")).toThrow();
  expect(() => tenantRunId(tenantId, "Export for Acme", "1")).toThrow();
  expect(() => tenantRunId(tenantId, "export", "ada@example.com")).toThrow();
});
