import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

export interface Closing {
  fromState: "ACTIVE" | "SUSPENDED";
  holdDays: number;
  withExport: boolean;
  cancelled: boolean;
  pseudonym: string | null;
}

/** What was asked for, and how far it is decided. Throws NOT_FOUND. */
export async function readClosing(pool: pg.Pool, ref: { tenantId: TenantId; operationId: OperationId }): Promise<Closing> {
  const { rows } = await controlQuery(pool, { tenantId: ref.tenantId }, (tx) =>
    tx.execute<Closing & Record<string, unknown>>(sql`
      select from_state as "fromState", hold_days as "holdDays", with_export as "withExport", cancelled_at is not null as cancelled, pseudonym
      from control.offboardings where tenant_id = ${ref.tenantId} and operation_id = ${ref.operationId}`),
  );
  if (rows[0] === undefined) throw new DomainError("NOT_FOUND", "There is no such closing.", { field: "operationId" });
  return rows[0];
}
