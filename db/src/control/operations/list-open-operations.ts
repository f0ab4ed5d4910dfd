import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationKind, OperationState } from "@leasehold/domain/operations";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";

export interface OpenOperation {
  tenantId: TenantId;
  operationId: OperationId;
  workflowId: string;
  kind: OperationKind;
  action: string | null;
  state: OperationState;
}

/**
 * Operations that a workflow should be at work on, and whose command was handed over longer than `olderThanSeconds` ago:
 * what the worker compares with Temporal. Keyset by id.
 */
export async function listOpenOperations(
  pool: pg.Pool,
  { olderThanSeconds, after, limit }: { olderThanSeconds: number; after: string; limit: number },
): Promise<OpenOperation[]> {
  try {
    const open = {
      name: "open-operations",
      text: `select o.tenant_id as "tenantId", o.operation_id as "operationId", o.workflow_id as "workflowId", o.state,
          o.kind, o.subject ->> 'action' as action
        from control.operations o
        where o.state in ('REQUESTED', 'RUNNING', 'ROLLING_BACK') and o.operation_id > $2
          and exists (select from control.commands c where c.tenant_id = o.tenant_id and c.operation_id = o.operation_id and c.state = 'DISPATCHED')
          and not exists (select from control.commands c where c.tenant_id = o.tenant_id and c.operation_id = o.operation_id
            and (c.state = 'PENDING' or c.dispatched_at > now() - make_interval(secs => $1)))
        order by o.operation_id limit $3`,
      values: [olderThanSeconds, after, limit],
    };
    const { rows } = await crossTenants("operation-reconcile", () => pool.query<OpenOperation>(open));
    return rows;
  } catch (error) {
    throw toDomainError(error);
  }
}
