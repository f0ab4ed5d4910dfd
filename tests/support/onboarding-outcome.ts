import { setTimeout as sleep } from "node:timers/promises";
import { requestCommand } from "@leasehold/db/control/commands/request-command";
import { withControl } from "@leasehold/db/control/with-control";
import { newId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { operators } from "./operators.ts";
import type { RequestedTenant } from "./request-onboarding.ts";
import type { World } from "./world.ts";

const settled: readonly OperationState[] = ["SUCCEEDED", "ROLLED_BACK", "NEEDS_ATTENTION"];

export interface OperationRow {
  state: OperationState;
  attention_step: string | null;
  attention_code: string | null;
  attention_reason: string | null;
}

export async function readOperation(world: World, { operationId }: RequestedTenant): Promise<OperationRow> {
  const { rows } = await world
    .pool("control", "auditor")
    .query<OperationRow>("select state, attention_step, attention_code, attention_reason from control.operations where operation_id = $1", [
      operationId,
    ]);
  if (rows[0] === undefined) throw new Error("there is no such operation");
  return rows[0];
}

/** Waits until the operation has ended, or is parked, in one of `states`. */
export async function awaitOutcome(world: World, tenant: RequestedTenant, states = settled, timeoutMs = 40_000): Promise<OperationRow> {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(25)) {
    const row = await readOperation(world, tenant);
    if (states.includes(row.state)) return row;
  }
  throw new Error(`the operation did not get to ${states.join(" or ")}: ${JSON.stringify(await readOperation(world, tenant))}`);
}

/** Steps by name with their states. */
export async function readSteps(world: World, { operationId }: RequestedTenant): Promise<Record<string, string>> {
  const { rows } = await world
    .pool("control", "auditor")
    .query<{ step: string; state: string }>("select step, state from control.operation_steps where operation_id = $1 order by position", [
      operationId,
    ]);
  return Object.fromEntries(rows.map(({ step, state }) => [step, state]));
}

/** What the console writes when an operator decides about a parked operation. @returns the command's id */
export function decide(world: World, tenant: RequestedTenant, action: "retry-step" | "roll-back", step: string): Promise<string> {
  const { tenantId, operationId } = tenant;
  const ctx = { tenantId, actor: { type: "operator" as const, operatorId: operators.ada }, requestId: newId("request") };
  return withControl(world.pool("control", "operator"), { tenantId }, async (tx) => {
    const request = {
      operationId,
      kind: action,
      idempotencyKey: newId("command"),
      body: { action, step },
      reason: "a test",
      payload: { step },
    };
    return (await requestCommand(tx, ctx, request)).commandId;
  });
}
