import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { Placement } from "@leasehold/domain/placement";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

export interface TakePlaceInput {
  tenantId: TenantId;
  operationId: OperationId;
  placement: Placement;
  /** Tenants that the shared pool may hold; undefined when the tenant's data is not in it. */
  poolCapacity: number | undefined;
  /** Rows of the steps to come. */
  steps: readonly { step: string; position: number; stage: number }[];
  resources: readonly { kind: string; name: string }[];
}

/**
 * Writes down where a tenant will live and everything that will be made for it, as intended; takes its seat in the pool
 * once. Throws LIMIT_EXCEEDED (`pool-full`) when none is left.
 */
export async function takePlace(tx: ControlTransaction, input: TakePlaceInput): Promise<void> {
  const { tenantId, operationId } = input;
  const placed = await tx.execute(sql`
    update control.tenants set placement = ${JSON.stringify(input.placement)}::jsonb where tenant_id = ${tenantId} and placement is null`);
  if (placed.rowCount === 1 && input.poolCapacity !== undefined) await takeSeat(tx, input.poolCapacity);
  await tx.execute(sql`
    insert into control.operation_steps (tenant_id, operation_id, step, position, stage)
    select ${tenantId}, ${operationId}, s.step, s.position, s.stage
    from jsonb_to_recordset(${JSON.stringify(input.steps)}::jsonb) as s (step text, position integer, stage integer)
    on conflict do nothing`);
  await tx.execute(sql`
    insert into control.resources (tenant_id, kind, name, operation_id)
    select ${tenantId}, r.kind, r.name, ${operationId} from jsonb_to_recordset(${JSON.stringify(input.resources)}::jsonb) as r (kind text, name text)
    on conflict (tenant_id, kind, name) do update set state = 'INTENDED', operation_id = excluded.operation_id, released_at = null
      where control.resources.state = 'RELEASED'`);
}

async function takeSeat(tx: ControlTransaction, capacity: number): Promise<void> {
  const seat = await tx.execute(sql`
    insert into control.pools (pool, taken) select 'pool', 1 where ${capacity}::integer > 0
    on conflict (pool) do update set taken = control.pools.taken + 1 where control.pools.taken < ${capacity}::integer`);
  if (seat.rowCount !== 1) {
    throw new DomainError("LIMIT_EXCEEDED", "The shared pool is full. Add capacity, then retry this step.", { reason: "pool-full" });
  }
}
