import type { TenantId } from "@leasehold/domain/ids";
import type { UnreadableKeys } from "@leasehold/domain/keys/custody";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { acrossTenants } from "../tenants/across-tenants.ts";

export interface TenantWithUnreadableKeys extends UnreadableKeys {
  tenantId: TenantId;
  tenantName: string;
  /** The wish to give them up that waits, or was agreed to and is being carried out. */
  loss: { lossId: string; requestedBy: string; reason: string; agreed: boolean } | null;
}

/** Tenants whose wrapped keys did not open when their epoch turned, longest first; at most 200. */
export async function listUnreadableForOperators(pool: Pool): Promise<TenantWithUnreadableKeys[]> {
  const { rows } = await acrossTenants(pool, "attention", (tx) =>
    tx.execute<{ tenant_id: TenantId; name: string; unreadable: UnreadableKeys; loss: TenantWithUnreadableKeys["loss"] }>(sql`
      SELECT t.tenant_id, t.name, k.unreadable, l.loss FROM control.tenant_keys k JOIN control.tenants t USING (tenant_id)
      LEFT JOIN LATERAL (
        SELECT jsonb_build_object('lossId', o.loss_id, 'requestedBy', o.requested_by, 'reason', o.reason, 'agreed', o.approved_at IS NOT NULL) AS loss
        FROM control.key_losses o WHERE o.tenant_id = k.tenant_id AND o.pool = k.unreadable ->> 'pool'
          AND o.epoch = (k.unreadable ->> 'epoch')::integer AND o.rejected_at IS NULL AND o.ended_at IS NULL
      ) l ON true
      WHERE k.unreadable IS NOT NULL ORDER BY k.unreadable ->> 'since', t.tenant_id LIMIT 200`),
  );
  return rows.map(({ tenant_id: tenantId, name: tenantName, unreadable, loss }) => ({ tenantId, tenantName, ...unreadable, loss }));
}
