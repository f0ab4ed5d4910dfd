import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** Whether a roll back of an operation has begun, at any time: what it has released is not made again by going forward. */
export async function hasBegunRollback(tx: ControlTransaction, ref: { tenantId: TenantId; operationId: OperationId }): Promise<boolean> {
  const { rows } = await tx.execute<{ begun: boolean }>(
    sql`select ${rollbackBegun(sql`${ref.tenantId}`, sql`${ref.operationId}`)} as begun`,
  );
  return rows[0]?.begun === true;
}

/** The same as a condition, of the operation that two expressions name. */
export function rollbackBegun(tenantId: SQLWrapper, operationId: SQLWrapper): SQL<boolean> {
  return sql`exists (select from control.operation_events begun
    where begun.tenant_id = ${tenantId} and begun.operation_id = ${operationId} and begun.kind = 'operation' and begun.state = 'ROLLING_BACK')`;
}
