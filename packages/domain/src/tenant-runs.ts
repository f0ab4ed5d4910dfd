import { isId, type TenantId } from "./ids.ts";

const prefix = "t:";
const word = /^[a-z][a-z0-9-]{0,40}$/;

/** What the ids of all of a tenant's own runs begin with. Ends in a colon, so that no tenant's prefix is another's. */
export function tenantRunPrefix(tenantId: TenantId): string {
  return `${prefix}${tenantId}:`;
}

/**
 * The workflow id of a run that carries a tenant's data: `t:<tenantId>:<what>:<id>`. Its payloads are under the tenant's key, chosen by
 * this id and by nothing else. Ids and words only: an id is never encrypted.
 */
export function tenantRunId(tenantId: TenantId, what: string, id: string): string {
  if (!isId("tenant", tenantId) || !word.test(what) || !/^[\w.-]{1,80}$/.test(id))
    throw new Error("a tenant's run is named by ids and a word");
  return `${tenantRunPrefix(tenantId)}${what}:${id}`;
}

/**
 * Whose data a run carries: a tenant's for `t:…`, the control plane's own for all others. Throws for an id that begins as a tenant's
 * and names none, whose payloads would be under no tenant's key.
 */
export function tenantOfRun(workflowId: string): TenantId | undefined {
  if (!workflowId.startsWith(prefix)) return undefined;
  const [, tenantId] = workflowId.split(":");
  if (isId("tenant", tenantId) && workflowId.startsWith(tenantRunPrefix(tenantId))) return tenantId;
  throw new Error("a workflow id that begins with t: names no tenant");
}
