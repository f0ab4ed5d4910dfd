import { setTimeout as sleep } from "node:timers/promises";
import { listOpenKeyOperations } from "@leasehold/db/control/keys/list-open-key-operations";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import type pg from "pg";

interface Needs {
  control: pg.Pool;
  temporal: Client;
}

const callMs = 5_000;
const pauseMs = 250;
/** Shorter than an attempt; longer than a cancelled run takes, whose activities learn of it by their heartbeats. */
const patienceMs = 15_000;

/**
 * Idempotent by tenant id. Cancels what runs on the tenant's keys and waits for its end: it rolls back, or has come past where it can.
 * None begins meanwhile, the suspension being open. Throws UNAVAILABLE (`keys-open`) when there was any, so that the next attempt sees the key
 * that the tenant is under then.
 */
export async function endKeyOperations({ control, temporal }: Needs, tenantId: TenantId, signal: AbortSignal): Promise<void> {
  const open = await listOpenKeyOperations(control, tenantId);
  if (open.length === 0) return;
  const asked = await Promise.all(open.map((workflowId) => cancelRun(temporal, workflowId)));
  // One that has no run yet gets it from the dispatcher within seconds.
  if (asked.every(Boolean))
    for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(pauseMs, undefined, { signal })) {
      if ((await listOpenKeyOperations(control, tenantId)).length === 0) break;
    }
  throw new DomainError("UNAVAILABLE", "Work on the tenant's keys is being ended first.", { reason: "keys-open" });
}

/** @returns whether there was a run to cancel */
async function cancelRun(temporal: Client, workflowId: string): Promise<boolean> {
  try {
    await temporal.withDeadline(Date.now() + callMs, () => temporal.workflow.getHandle(workflowId).cancel());
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
