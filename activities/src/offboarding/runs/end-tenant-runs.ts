import type { TenantId } from "@leasehold/domain/ids";
import { tenantRunPrefix } from "@leasehold/domain/tenant-runs";
import type { Client } from "@temporalio/client";
import { endRun } from "../../runs/start-tenant-run.ts";
import { shreddingStep } from "../shredding-step.ts";
import { countRuns, listRuns } from "./list-runs.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { noteAfter, noteBefore } from "./run-evidence.ts";
import { untilNone } from "./until-none.ts";

const page = 100;
const looked = {
  store: "runs-ended",
  label: "Work that was under way in Temporal",
  how: "count of open runs by the prefix of the workspace's runs, as Temporal lists them",
};

/**
 * Idempotent by tenant id. Ends every open run that carries the tenant's data, and the schedules that would begin more; looks again
 * until none is open. None is begun from here on: `startTenantRun` refuses. Must come before the keys are destroyed, since a run
 * without its key neither goes on nor ends by itself.
 */
export function endTenantRuns(needs: RunDependencies) {
  const { control, temporal } = needs;
  return shreddingStep(needs, "end-runs", async (context) => {
    const { tenantId, signal } = context;
    const noted = await noteBefore(control, context, looked, () => countRuns(temporal, tenantId, "open"));
    await untilNone(signal, async () => {
      const schedules = await deleteSchedules(temporal, tenantId);
      const open = await listRuns(temporal, tenantId, "open", page);
      for (const { workflowId } of open) {
        signal.throwIfAborted();
        await endRun(temporal, workflowId);
      }
      return schedules + open.length;
    });
    const after = await countRuns(temporal, tenantId, "open");
    const at = new Date();
    return { within: (tx) => noteAfter(tx, context, noted, after, at) };
  });
}

/** Schedules of a tenant are named as its runs are. */
async function deleteSchedules(temporal: Client, tenantId: TenantId): Promise<number> {
  let found = 0;
  for await (const { scheduleId } of temporal.schedule.list({ query: `TenantId = "${tenantId}"`, pageSize: page })) {
    if (!scheduleId.startsWith(tenantRunPrefix(tenantId))) continue;
    await temporal.schedule.getHandle(scheduleId).delete();
    found += 1;
  }
  return found;
}
