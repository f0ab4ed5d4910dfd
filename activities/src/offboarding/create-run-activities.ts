import { deleteTenantRuns } from "./runs/delete-tenant-runs.ts";
import { endTenantRuns } from "./runs/end-tenant-runs.ts";
import type { RunDependencies } from "./runs/run-dependencies.ts";

/** The activities on a tenant's own runs in Temporal. Payloads are ids. */
export function createRunActivities(dependencies: RunDependencies) {
  return { endTenantRuns: endTenantRuns(dependencies), deleteTenantRuns: deleteTenantRuns(dependencies) };
}

export type RunActivities = ReturnType<typeof createRunActivities>;
