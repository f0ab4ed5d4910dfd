import type { TenantId } from "@leasehold/domain/ids";
import type { OperationState, StepState } from "@leasehold/domain/operations";
import { and, asc, eq } from "drizzle-orm";
import type { Pool } from "pg";
import { operationSteps, operations } from "../schema/operations.ts";
import { tenants } from "../schema/tenants.ts";
import { withControl } from "../with-control.ts";

export interface ProgressStep {
  step: string;
  state: StepState;
  attempt: number;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface Progress {
  operationId: string;
  state: OperationState;
  tenantState: string;
  slug: string;
  name: string;
  plan: string;
  /** The number of the last event that this already holds. */
  lastSeq: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  steps: ProgressStep[];
}

/**
 * Where a tenant's onboarding is; undefined when it has none. The caller has checked who asks. Steps are read after
 * `lastSeq`, so they may be newer than it says, never older: events from there on can be applied again.
 */
export async function readProgress(pool: Pool, tenantId: TenantId): Promise<Progress | undefined> {
  return withControl(pool, { tenantId }, async (tx) => {
    const [operation] = await tx
      .select({
        operationId: operations.operationId,
        state: operations.state,
        tenantState: tenants.state,
        slug: tenants.slug,
        name: tenants.name,
        plan: tenants.plan,
        lastSeq: operations.lastSeq,
        createdAt: operations.createdAt,
        startedAt: operations.startedAt,
        finishedAt: operations.finishedAt,
      })
      .from(operations)
      .innerJoin(tenants, eq(tenants.tenantId, operations.tenantId))
      .where(and(eq(operations.tenantId, tenantId), eq(operations.kind, "onboarding")))
      .orderBy(asc(operations.createdAt))
      .limit(1);
    if (!operation) return undefined;
    const { step, state, attempt, startedAt, finishedAt } = operationSteps;
    const steps = await tx
      .select({ step, state, attempt, startedAt, finishedAt })
      .from(operationSteps)
      .where(and(eq(operationSteps.tenantId, tenantId), eq(operationSteps.operationId, operation.operationId)))
      .orderBy(asc(operationSteps.position));
    return { ...operation, steps };
  });
}
