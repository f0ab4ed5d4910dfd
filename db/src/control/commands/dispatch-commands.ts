import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationKind } from "@leasehold/domain/operations";
import { type SQL, sql } from "drizzle-orm";
import type pg from "pg";
import { acrossTenants } from "../tenants/across-tenants.ts";
import type { ControlTransaction } from "../with-control.ts";

export interface PendingCommand {
  commandId: string;
  tenantId: TenantId;
  operationId: OperationId;
  kind: string;
  payload: { step?: string; exportId?: string; pool?: string; epoch?: number };
  attempts: number;
  /** Who asked, in which request. */
  actor?: string;
  requestId?: string;
  /** Of the operation; null when it has ended. */
  plan: string | null;
  operation: { kind: OperationKind; workflowId: string; action: string | null } | null;
}

/** What became of a command: carried out, refused for good, or to be tried again after so many seconds. */
export type Dispatch = { outcome: "dispatched" } | { outcome: "refused"; refusal: string } | { outcome: "postponed"; delaySeconds: number };

/**
 * Claims pending commands that are due, oldest first, hands them to `dispatch` and settles them. A claim is a row lock: it ends with its
 * process, and no two processes hold the same command. `dispatch` may still see a command twice, after a crash.
 * @returns how many were claimed
 */
export function dispatchCommands(
  pool: pg.Pool,
  limit: number,
  dispatch: (command: PendingCommand) => Promise<Dispatch>,
): Promise<{ claimed: number; postponed: number }> {
  return acrossTenants(pool, "command-dispatch", async (tx) => {
    const { rows } = await tx.execute<PendingCommand & Record<string, unknown>>(sql`
      select c.command_id as "commandId", c.tenant_id as "tenantId", c.operation_id as "operationId", c.kind, c.payload, c.attempts, c.actor, c.request_id as "requestId",
        o.subject ->> 'plan' as plan,
        case when o.kind is not null then
          jsonb_build_object('kind', o.kind, 'workflowId', o.workflow_id, 'action', o.subject ->> 'action') end as operation
      from control.commands c left join control.operations o on o.tenant_id = c.tenant_id and o.operation_id = c.operation_id
      where c.state = 'PENDING' and c.next_attempt_at <= now() order by c.created_at limit ${limit} for update of c skip locked`);
    const outcomes = await Promise.all(rows.map(async (command) => ({ command, result: await dispatch(command) })));
    await Promise.all(outcomes.map(({ command, result }) => settle(tx, command, result)));
    return { claimed: rows.length, postponed: outcomes.filter(({ result }) => result.outcome === "postponed").length };
  });
}

async function settle(tx: ControlTransaction, command: PendingCommand, result: Dispatch): Promise<void> {
  await tx.execute(sql`
    update control.commands set attempts = attempts + 1, ${changeOf(result)}
    where tenant_id = ${command.tenantId} and command_id = ${command.commandId}`);
}

function changeOf(result: Dispatch): SQL {
  if (result.outcome === "dispatched") return sql`state = 'DISPATCHED', dispatched_at = clock_timestamp()`;
  if (result.outcome === "refused") return sql`state = 'REFUSED', refusal = ${result.refusal}`;
  return sql`next_attempt_at = clock_timestamp() + make_interval(secs => ${result.delaySeconds})`;
}
