import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { withControl } from "../with-control.ts";

/**
 * Does something outside of the control database while the tenant cannot be taken from its operation: an attempt that was given up
 * long ago changes nothing any more. @returns whether the tenant was held, and the work done
 */
export function whileHeld(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
  work: () => Promise<void>,
): Promise<boolean> {
  return withControl(pool, { tenantId }, async (tx) => {
    const held = await tx.execute(
      sql`select from control.tenants where tenant_id = ${tenantId} and current_operation = ${operationId} for share`,
    );
    if (held.rowCount === 0) return false;
    await work();
    return true;
  });
}
