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
 * once. One statement. Throws LIMIT_EXCEEDED (`pool-full`) when none is left.
 */
export async function takePlace(tx: ControlTransaction, input: TakePlaceInput): Promise<void> {
  const { tenantId, operationId, poolCapacity } = input;
  const [placement, steps, resources] = [input.placement, input.steps, input.resources].map((part) => JSON.stringify(part));
  await tx.execute(sql`
    select control.take_place(${tenantId}, ${operationId}, ${placement}::jsonb, ${poolCapacity ?? null}::integer, ${steps}::jsonb, ${resources}::jsonb)`);
}
