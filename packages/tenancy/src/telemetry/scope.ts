import { AsyncLocalStorage } from "node:async_hooks";
import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { trace } from "@opentelemetry/api";

/** For whom, in which request, by whom and what: on every log line and span. Null where there is none. */
export interface TelemetryScope {
  tenantId: string | null;
  requestId: string | null;
  /** The short form: `user:usr_…`. */
  actor: string | null;
  operation: string | null;
}

export const scopeFields = ["tenantId", "requestId", "actor", "operation"] as const;
const nobody: TelemetryScope = { tenantId: null, requestId: null, actor: null, operation: null };

// One for the process, also where a bundler has put this module into it twice.
const shared = globalThis as { leaseholdTelemetry?: AsyncLocalStorage<TelemetryScope> };
shared.leaseholdTelemetry ??= new AsyncLocalStorage();
const storage = shared.leaseholdTelemetry;

/** What log lines and spans of the running work say. For them alone: no decision is taken by it. */
export function currentScope(): Readonly<TelemetryScope> {
  return storage.getStore() ?? nobody;
}

/** Runs work whose lines and spans carry these fields; what is left out is as around it. */
export function withScope<T>(fields: Partial<TelemetryScope>, work: () => T): T {
  return storage.run({ ...currentScope(), ...fields }, work);
}

/** Adds what has become known to the lines and spans of the running work, from here on. */
export function addToScope(fields: Partial<TelemetryScope>): void {
  const scope = storage.getStore();
  if (scope === undefined) return;
  Object.assign(scope, fields);
  trace.getActiveSpan()?.setAttributes(scopeAttributes(scope));
}

/** The fields of a verified context. */
export function scopeOf({ tenantId, requestId, actor }: TenantContext): Pick<TelemetryScope, "tenantId" | "requestId" | "actor"> {
  return { tenantId, requestId, actor: actorRef(actor) };
}

/** As a span carries them. */
export function scopeAttributes(scope: TelemetryScope): Record<string, string> {
  return {
    "leasehold.tenant_id": scope.tenantId ?? "none",
    "leasehold.request_id": scope.requestId ?? "none",
    "leasehold.actor": scope.actor ?? "none",
    "leasehold.operation": scope.operation ?? "none",
  };
}
