import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { tenantRunId } from "@leasehold/domain/tenant-runs";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import type pg from "pg";

export interface TenantRunNeeds {
  control: pg.Pool;
  /** A client whose converter encrypts by the workflow id. */
  temporal: Client;
  taskQueue: string;
}

export interface TenantRun {
  tenantId: TenantId;
  /** What it does, in one word: part of its id. */
  what: string;
  /** Of the thing that it is for: the same one is begun once. */
  id: string;
  type: string;
  args: readonly unknown[];
}

const callMs = 5_000;
const ended: readonly TenantState[] = ["SHREDDING", "CLOSED", "FAILED"];
const tenantIdAttribute = defineSearchAttributeKey("TenantId", SearchAttributeType.KEYWORD);
/** Neutral: reasons are kept in clear. */
export const endedReason = "The workspace has ended.";

/**
 * Idempotent by the tenant, `what` and `id`. Begins a run that carries a tenant's data, under the tenant's key. From within an activity,
 * never as a child of another run: its input would be in that one's history. Throws PRECONDITION_FAILED (`tenant-ended`) once the
 * tenant's keys are being destroyed; a run that was begun at that very moment is ended again.
 * @returns its workflow id
 */
export async function startTenantRun({ control, temporal, taskQueue }: TenantRunNeeds, run: TenantRun): Promise<string> {
  const workflowId = tenantRunId(run.tenantId, run.what, run.id);
  const { plan } = await readStarting(control, run.tenantId);
  await temporal.withDeadline(Date.now() + callMs, async () => {
    try {
      await temporal.workflow.start(run.type, {
        workflowId,
        taskQueue,
        args: [...run.args],
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        workflowIdConflictPolicy: "USE_EXISTING",
        typedSearchAttributes: [
          { key: tenantIdAttribute, value: run.tenantId },
          { key: defineSearchAttributeKey("Plan", SearchAttributeType.KEYWORD), value: plan },
        ],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  });
  try {
    await readStarting(control, run.tenantId);
  } catch (error) {
    await endRun(temporal, workflowId);
    throw error;
  }
  return workflowId;
}

/** Ends a run, whoever began it; one that has ended, or is gone, has ended. */
export async function endRun(temporal: Client, workflowId: string): Promise<void> {
  await temporal
    .withDeadline(Date.now() + callMs, () => temporal.workflow.getHandle(workflowId).terminate(endedReason))
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
}

async function readStarting(control: pg.Pool, tenantId: TenantId): Promise<{ plan: string }> {
  const { state, plan } = await readTenant(control, tenantId);
  if (!ended.includes(state)) return { plan };
  throw new DomainError("PRECONDITION_FAILED", "The workspace's keys are being destroyed; nothing is begun for it.", {
    reason: "tenant-ended",
  });
}
