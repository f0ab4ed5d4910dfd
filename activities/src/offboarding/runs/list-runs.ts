import type { TenantId } from "@leasehold/domain/ids";
import { tenantRunPrefix } from "@leasehold/domain/tenant-runs";
import type { Client } from "@temporalio/client";

export interface RunRef {
  workflowId: string;
  runId: string;
}

export type WhichRuns = "open" | "all";

/** Ids are ULIDs and a fixed word: nothing in them ends a literal. */
function queryOf(tenantId: TenantId, which: WhichRuns): string {
  const own = `WorkflowId STARTS_WITH "${tenantRunPrefix(tenantId)}"`;
  return which === "all" ? own : `${own} AND CloseTime IS NULL`;
}

/** How many `t:` runs of a tenant Temporal lists. */
export async function countRuns(temporal: Client, tenantId: TenantId, which: WhichRuns): Promise<number> {
  const { count } = await temporal.workflow.count(queryOf(tenantId, which));
  return count;
}

/** Up to `most` of a tenant's `t:` runs, in no order. What carries another's prefix never comes, whatever the list says. */
export async function listRuns(temporal: Client, tenantId: TenantId, which: WhichRuns, most: number): Promise<RunRef[]> {
  const found: RunRef[] = [];
  for await (const { workflowId, runId } of temporal.workflow.list({ query: queryOf(tenantId, which), pageSize: most })) {
    if (workflowId.startsWith(tenantRunPrefix(tenantId))) found.push({ workflowId, runId });
    if (found.length >= most) break;
  }
  return found;
}
