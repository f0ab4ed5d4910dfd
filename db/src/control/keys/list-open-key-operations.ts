import type { TenantId } from "@leasehold/domain/ids";
import { openOperationStates } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { withControl } from "../with-control.ts";

/** Workflow ids of what is not at its end on the tenant's keys. */
export function listOpenKeyOperations(pool: pg.Pool, tenantId: TenantId): Promise<string[]> {
  return withControl(pool, { tenantId }, async (tx) => {
    const { rows } = await tx.execute<{ workflow_id: string }>(sql`
      select workflow_id from control.operations
      where tenant_id = ${tenantId} and kind = 'keys' and state = any (${sql.param([...openOperationStates])}::text[])`);
    return rows.map(({ workflow_id }) => workflow_id);
  });
}
