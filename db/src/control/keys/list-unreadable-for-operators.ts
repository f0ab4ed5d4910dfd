import type { UnreadableKeys } from "@leasehold/domain/keys/custody";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "../tenants/across-tenants.ts";

export interface TenantWithUnreadableKeys extends UnreadableKeys {
  tenantId: string;
  tenantName: string;
}

/** Tenants whose wrapped keys did not open when their epoch turned, longest first; at most 200. */
export async function listUnreadableForOperators(pool: Pool): Promise<TenantWithUnreadableKeys[]> {
  const { rows } = await acrossTenants(pool, "attention", (tx) =>
    tx.execute<{ tenant_id: string; name: string; unreadable: UnreadableKeys }>(sql`
      SELECT t.tenant_id, t.name, k.unreadable FROM control.tenant_keys k JOIN control.tenants t USING (tenant_id)
      WHERE k.unreadable IS NOT NULL ORDER BY k.unreadable ->> 'since', t.tenant_id LIMIT 200`),
  );
  return rows.map(({ tenant_id: tenantId, name: tenantName, unreadable }) => ({ tenantId, tenantName, ...unreadable }));
}
