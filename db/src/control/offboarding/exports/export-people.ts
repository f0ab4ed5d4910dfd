import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { type ControlTransaction, controlQuery } from "../../with-control.ts";

/** Names and addresses for the tenant's next export, sealed to the worker: the control plane's own roles cannot look them up. */
export async function keepExportPeople(tx: ControlTransaction, tenantId: TenantId, sealed: string): Promise<void> {
  await tx.execute(sql`
    INSERT INTO control.export_people (tenant_id, sealed) VALUES (${tenantId}, ${sealed})
    ON CONFLICT (tenant_id) DO UPDATE SET sealed = ${sealed}, created_at = now()`);
}

/** As they were sealed; undefined when nobody has. */
export async function readExportPeople(pool: pg.Pool, tenantId: TenantId): Promise<string | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ sealed: string }>(sql`select sealed from control.export_people where tenant_id = ${tenantId}`),
  );
  return rows[0]?.sealed;
}
