import { listAnswered } from "@leasehold/db/control/operations/list-answered";
import type { Logger } from "@leasehold/tenancy/logger";
import type pg from "pg";
import { type DispatchTarget, decide } from "../commands/dispatch-command.ts";
import { createDrain } from "../listen/create-drain.ts";

export interface TakingUp {
  control: pg.Pool;
  target: Pick<DispatchTarget, "client" | "taskQueue" | "eagerStart">;
  logger: Logger;
}

const sweepEveryMs = 2_000;
const callMs = 5_000;

/** Takes up parked operations whose answer is in the database already. The same one twice is taken up once. */
export async function takeUpAnswered({ control, target, logger }: TakingUp): Promise<void> {
  for (const { decision, step, seq, ...operation } of await listAnswered(control)) {
    const { tenantId, operationId, kind, workflowId } = operation;
    const command = {
      ...{ tenantId, operationId, kind: decision, attempts: 0, plan: null },
      commandId: `answered:${operationId}:${seq}`,
      payload: { step },
      operation: { kind, workflowId, action: null },
    };
    const result = await target.client.withDeadline(Date.now() + callMs, () => decide(target, command, decision));
    logger.info({ tenantId, operationId, step, decision, ...result }, "a parked operation was answered and is taken up");
  }
}

export function startTakingUp(needs: TakingUp): { stop(): Promise<void> } {
  const { logger } = needs;
  return createDrain({ concurrency: 1, sweepEveryMs, logger, work: async () => takeUpAnswered(needs).then(() => false) });
}
