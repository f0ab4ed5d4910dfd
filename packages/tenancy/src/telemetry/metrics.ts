import { isId } from "@leasehold/domain/ids";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { countTenants } from "./count-tenants.ts";
import { currentScope } from "./scope.ts";

function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: "leasehold_request_duration_seconds",
    help: "Requests by operation and outcome",
    labelNames: ["operation", "code"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const crossings = new Counter({
    name: "leasehold_cross_tenant_uses_total",
    help: "Uses of the paths that may cross tenants",
    labelNames: ["path"],
    registers,
  });
  return { registry, requests, crossings, operations: new Set<string>(), countTenant: countTenants(registry) };
}

// One for the process, also where a bundler has put this module into it twice.
const shared = globalThis as { leaseholdMetrics?: ReturnType<typeof createMetrics> };
shared.leaseholdMetrics ??= createMetrics();
const { registry, requests, crossings, operations, countTenant } = shared.leaseholdMetrics;

/**
 * The metrics of one process. Labels are of a fixed set: procedures, routes, codes, queues and databases of the pool, and a bounded number
 * of tenants. No person or request is a label: what they do is in log lines, spans and audit rows.
 */
export const metrics = registry;

export function countCrossTenants(path: string): void {
  crossings.inc({ path });
}

/** Most operations that are told apart; what comes after is `other`. */
const mostOperations = 300;

/**
 * Counts one request. `operation` is a procedure's or a route's name, `code` a status or `ok`; the tenant is that of the running work
 * unless told.
 */
export function observeRequest(operation: string, code: string, seconds: number, tenantId = currentScope().tenantId): void {
  if (isId("tenant", tenantId)) countTenant(tenantId, seconds);
  if (operations.size < mostOperations) operations.add(operation);
  requests.observe({ operation: operations.has(operation) ? operation : "other", code }, seconds);
}

/** A figure that is read when it is asked for. Labels of the last reading are forgotten. A reading that fails is left out. */
export function addGauge(name: string, help: string, label: string, read: () => Promise<Record<string, number>>): void {
  if (metrics.getSingleMetric(name) !== undefined) metrics.removeSingleMetric(name);
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [metrics],
    async collect() {
      this.reset();
      for (const [value, figure] of Object.entries(await read().catch(() => ({})))) this.set({ [label]: value }, figure);
    },
  });
}
