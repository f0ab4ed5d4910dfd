import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** What freezing ends of a kind, how many of it, and whether cancelling brings it back. */
export interface EndedByFreezing {
  what: "sessions" | "api-keys" | "webhooks" | "writes" | "invitations";
  count: number | null;
  returns: boolean;
}

/** The tenant is CLOSING and held by its offboarding, the event is in the outbox. Throws PRECONDITION_FAILED (`not-held`). */
export async function beginClosing(
  tx: ControlTransaction,
  { tenantId, operationId, ended }: { tenantId: TenantId; operationId: OperationId; ended: readonly EndedByFreezing[] },
): Promise<void> {
  await tx.execute(sql`select control.begin_closing(${tenantId}, ${operationId}, ${newId("event")}, ${JSON.stringify(ended)}::jsonb)`);
}

/**
 * The hold begins at `at`, once, and ends after the days that were asked for; other work on the tenant may go on. One that was cancelled
 * before it began never does: whoever looks at it next is told so.
 */
export async function openHold(
  tx: ControlTransaction,
  { tenantId, operationId, at }: { tenantId: TenantId; operationId: OperationId; at: Date },
): Promise<void> {
  if (await isCancelled(tx, { tenantId, operationId })) return;
  await tx.execute(sql`select control.open_hold(${tenantId}, ${operationId}, ${at.toISOString()}, ${newId("holdChange")})`);
}

/** Whether a closing was cancelled. Nobody cancels it any more until the transaction has ended. */
export async function isCancelled(
  tx: ControlTransaction,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
): Promise<boolean> {
  await tx.execute(sql`select control.lock_tenant(${tenantId})`);
  const cancelled = await tx.execute(
    sql`select from control.offboardings where tenant_id = ${tenantId} and operation_id = ${operationId} and cancelled_at is not null`,
  );
  return cancelled.rowCount !== 0;
}
