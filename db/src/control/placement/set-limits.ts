import type { TenantId } from "@leasehold/domain/ids";
import type { TenantLimits } from "@leasehold/domain/plans";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** The limits that hold for a tenant; null takes them away. */
export async function setLimits(tx: ControlTransaction, tenantId: TenantId, limits: TenantLimits | null): Promise<void> {
  await tx.execute(sql`update control.tenants set limits = ${limits && JSON.stringify(limits)}::jsonb where tenant_id = ${tenantId}`);
}
