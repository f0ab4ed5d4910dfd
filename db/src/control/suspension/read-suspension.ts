import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** What was asked to be left of a tenant's access. Throws NOT_FOUND. */
export async function readSuspension(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
): Promise<{ access: SuspensionAccess }> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ access: SuspensionAccess }>(sql`
      select access from control.suspensions where tenant_id = ${tenantId} and operation_id = ${operationId} and action = 'suspend'`),
  );
  if (rows[0] === undefined) throw new DomainError("NOT_FOUND", "There is no such suspension.", { field: "operationId" });
  return rows[0];
}

/** What is left of a suspended tenant's access, also while it is closing; null of one that is not suspended. */
export async function readSuspendedAccess(pool: pg.Pool, tenantId: TenantId): Promise<SuspensionAccess | null> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ access: SuspensionAccess | null }>(
      sql`select suspended_access as access from control.tenants where tenant_id = ${tenantId}`,
    ),
  );
  return rows[0]?.access ?? null;
}
