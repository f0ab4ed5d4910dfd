import { Counter, type Registry } from "prom-client";

/** Most tenants that are told apart at a time. */
export const mostTenants = 200;

/**
 * Counts requests and their seconds by tenant, in a registry: of the tenants that were heard of last, each with a label of its own, and of
 * all others together as `other`, so that there are never more series than `mostTenants` and one.
 * @returns what counts one request of a tenant, in seconds
 */
export function countTenants(registry: Registry): (tenantId: string, seconds: number) => void {
  const registers = [registry];
  const labelNames = ["tenant"] as const;
  // A map keeps its order: the first of it is the one not heard of for longest.
  const heard = new Map<string, { requests: number; seconds: number }>();
  const others = { requests: 0, seconds: 0 };
  const publish = (figure: keyof typeof others) =>
    function collect(this: Counter<"tenant">) {
      this.reset();
      for (const [tenant, counted] of heard) this.inc({ tenant }, counted[figure]);
      this.inc({ tenant: "other" }, others[figure]);
    };
  new Counter({
    name: "leasehold_tenant_requests_total",
    help: "Requests by tenant, of the tenants heard of last",
    labelNames,
    registers,
    collect: publish("requests"),
  });
  new Counter({
    name: "leasehold_tenant_request_seconds_total",
    help: "Seconds that requests took, by tenant, of the tenants heard of last",
    labelNames,
    registers,
    collect: publish("seconds"),
  });
  return (tenantId, seconds) => {
    const counted = heard.get(tenantId) ?? { requests: 0, seconds: 0 };
    heard.delete(tenantId);
    heard.set(tenantId, counted);
    counted.requests += 1;
    counted.seconds += seconds;
    if (heard.size <= mostTenants) return;
    for (const [longest, last] of heard) {
      heard.delete(longest);
      others.requests += last.requests;
      others.seconds += last.seconds;
      return;
    }
  };
}
