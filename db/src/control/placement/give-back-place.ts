import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** The tenant has no place any more; its seat in the pool is free again, once. */
export async function giveBackPlace(tx: ControlTransaction, tenantId: TenantId): Promise<void> {
  const { rows } = await tx.execute<{ pooled: boolean }>(sql`
    select placement ->> 'database' = 'pool' as pooled from control.tenants where tenant_id = ${tenantId} and placement is not null for update`);
  if (rows[0] === undefined) return;
  await tx.execute(sql`update control.tenants set placement = null where tenant_id = ${tenantId}`);
  if (rows[0].pooled) await tx.execute(sql`update control.pools set taken = taken - 1 where pool = 'pool'`);
}
