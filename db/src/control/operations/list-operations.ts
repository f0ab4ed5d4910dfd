import { and, asc, desc, eq, getTableColumns, inArray } from "drizzle-orm";
import type { Pool } from "pg";
import { commands } from "../schema/commands.ts";
import { operationSteps, operations } from "../schema/operations.ts";
import { withControl } from "../with-control.ts";
import { rollbackBegun } from "./has-begun-rollback.ts";

type StepRow = Omit<typeof operationSteps.$inferSelect, "tenantId" | "operationId" | "lease">;

const { lease: _ofTheWorker, ...stepColumns } = getTableColumns(operationSteps);

/** A command as an operator sees it: who gave it, why, and whether it was carried out. */
export interface OperationCommand {
  commandId: string;
  kind: string;
  state: "PENDING" | "DISPATCHED" | "REFUSED";
  actor: string;
  reason: string | null;
  refusal: string | null;
  createdAt: Date;
}

export type OperationDetails = typeof operations.$inferSelect & {
  /** A roll back of it has begun, which can only be finished. */
  undoing: boolean;
  steps: StepRow[];
  commands: OperationCommand[];
};

/** The newest fifty operations of one tenant, each with its steps in order and the commands given to it. */
export function listOperations(pool: Pool, tenantId: string): Promise<OperationDetails[]> {
  return withControl(pool, { tenantId }, async (tx) => {
    const found = await tx
      .select({ ...getTableColumns(operations), undoing: rollbackBegun(operations.tenantId, operations.operationId) })
      .from(operations)
      .where(eq(operations.tenantId, tenantId))
      .orderBy(desc(operations.createdAt), desc(operations.operationId))
      .limit(50);
    const ids = found.map((operation) => operation.operationId);
    const steps = await tx
      .select(stepColumns)
      .from(operationSteps)
      .where(and(eq(operationSteps.tenantId, tenantId), inArray(operationSteps.operationId, ids)))
      .orderBy(asc(operationSteps.position));
    const given = await tx
      .select({
        operationId: commands.operationId,
        commandId: commands.commandId,
        kind: commands.kind,
        state: commands.state,
        actor: commands.actor,
        reason: commands.reason,
        refusal: commands.refusal,
        createdAt: commands.createdAt,
      })
      .from(commands)
      .where(and(eq(commands.tenantId, tenantId), inArray(commands.operationId, ids)))
      .orderBy(asc(commands.createdAt), asc(commands.commandId));
    return found.map((operation) => ({
      ...operation,
      steps: steps.filter((step) => step.operationId === operation.operationId),
      commands: given.filter((command) => command.operationId === operation.operationId),
    }));
  });
}
