import { newId } from "@leasehold/domain/ids";
import { mostTenants } from "@leasehold/tenancy/telemetry/count-tenants";
import { metrics, observeRequest } from "@leasehold/tenancy/telemetry/metrics";
import { withScope } from "@leasehold/tenancy/telemetry/scope";
import { expect, test } from "vitest";

async function figuresOf(name: string): Promise<Map<string, number>> {
  const values = (await metrics.getSingleMetric(name)?.get())?.values ?? [];
  return new Map(values.map(({ labels, value }) => [String(labels.tenant), value]));
}

test("tenants heard of last have figures of their own, all others one, and nothing is lost of the sum", async () => {
  const busy = newId("tenant");
  const tenants = Array.from({ length: mostTenants + 50 }, () => newId("tenant"));
  for (const tenantId of tenants) {
    observeRequest("some.procedure", "ok", 0.5, tenantId);
    withScope({ tenantId: busy }, () => observeRequest("some.procedure", "ok", 0.25));
  }
  observeRequest("some.procedure", "ok", 1);
  observeRequest("some.procedure", "ok", 1, "what somebody wrote");
  const requests = await figuresOf("leasehold_tenant_requests_total");
  expect(requests.size).toBe(mostTenants + 1);
  expect(requests.get(busy)).toBe(tenants.length);
  expect([requests.get(tenants[0] ?? ""), requests.get(tenants.at(-1) ?? ""), requests.get("other")]).toEqual([undefined, 1, 51]);
  const seconds = await figuresOf("leasehold_tenant_request_seconds_total");
  expect([...seconds.values()].reduce((whole, part) => whole + part, 0)).toBeCloseTo(tenants.length * 0.75, 6);
  expect(await figuresOf("leasehold_tenant_requests_total")).toEqual(requests);
});
