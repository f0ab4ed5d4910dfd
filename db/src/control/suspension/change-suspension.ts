import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type { SuspensionAccess, SuspensionKind } from "@leasehold/domain/suspension/kinds";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** The tenant is SUSPENDED and held by its suspension. Throws PRECONDITION_FAILED (`not-held`). */
export async function beginSuspension(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<void> {
  await tx.execute(sql`select control.begin_suspension(${tenantId}, ${operationId})`);
}

/** The suspension holds, the event is in the outbox. Throws PRECONDITION_FAILED (`not-held`). @returns what the tenant may know of it */
export async function endSuspension(
  tx: ControlTransaction,
  { tenantId, operationId }: Ref,
): Promise<{ kind: SuspensionKind; access: SuspensionAccess }> {
  await tx.execute(sql`select control.end_suspension(${tenantId}, ${operationId}, ${newId("event")})`);
  const { rows } = await tx.execute<{ kind: SuspensionKind; access: SuspensionAccess }>(
    sql`select kind, access from control.suspensions where tenant_id = ${tenantId} and operation_id = ${operationId}`,
  );
  if (rows[0] === undefined) throw new Error(`the suspension ${operationId} is not in the catalog`);
  return rows[0];
}

/** The tenant is ACTIVE as before, where this operation still holds it. */
export async function undoSuspension(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<void> {
  await tx.execute(sql`select control.undo_suspension(${tenantId}, ${operationId})`);
}

/** The tenant stays SUSPENDED, held by what ends that. Throws PRECONDITION_FAILED (`not-held`). */
export async function beginResumption(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<void> {
  await tx.execute(sql`select control.begin_resumption(${tenantId}, ${operationId})`);
}

/** The tenant is ACTIVE, the event is in the outbox. Throws PRECONDITION_FAILED (`not-held`). */
export async function endResumption(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<void> {
  await tx.execute(sql`select control.end_resumption(${tenantId}, ${operationId}, ${newId("event")})`);
}

/** The tenant stays suspended and is nobody's. */
export async function undoResumption(tx: ControlTransaction, { tenantId, operationId }: Ref): Promise<void> {
  await tx.execute(sql`select control.undo_resumption(${tenantId}, ${operationId})`);
}
