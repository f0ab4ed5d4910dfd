import type { TenantId } from "@leasehold/domain/ids";
import type { Placement } from "@leasehold/domain/placement";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** Sets parts of a tenant's placement; what is not named stays. */
export async function changePlacement(tx: ControlTransaction, tenantId: TenantId, parts: Partial<Placement>): Promise<void> {
  await tx.execute(sql`
    update control.tenants set placement = coalesce(placement, '{}') || ${JSON.stringify(parts)}::jsonb where tenant_id = ${tenantId}`);
}
