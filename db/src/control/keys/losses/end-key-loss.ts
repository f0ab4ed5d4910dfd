import { newId, type TenantId } from "@leasehold/domain/ids";
import type { LostKey } from "@leasehold/domain/keys/custody";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { requestMail } from "../../mail/request-mail.ts";
import { type ControlTransaction, withControl } from "../../with-control.ts";
import type { KeyLoss } from "./read-loss.ts";

/**
 * Idempotent by the loss. What was agreed to is done: the tenant's state, the audit log and other systems say which keys are lost, and its
 * owners get a mail, once. Where everything opened again meanwhile, nothing is.
 */
export async function endKeyLoss(
  pool: pg.Pool,
  tenantId: TenantId,
  { lossId, pool: of, epoch }: KeyLoss,
  lost: readonly LostKey[],
  requestId: string,
): Promise<void> {
  const keys = lost.map(({ purpose, version, epoch: under, lostAt }) => ({ purpose, version, epoch: under, lostAt }));
  const destroyed = keys.map(({ purpose, version }) => ({ purpose, version }));
  await withControl(pool, { tenantId }, async (tx) => {
    const { rowCount } = await tx.execute(sql`
      update control.key_losses set destroyed = ${JSON.stringify(destroyed)}::jsonb, ended_at = clock_timestamp()
      where tenant_id = ${tenantId} and loss_id = ${lossId} and approved_at is not null and ended_at is null`);
    if (rowCount !== 1) return;
    const ctx = { tenantId, actor: { type: "system", operationId: newId("operation") } as const, requestId };
    if (keys.length === 0) {
      await emitAudit(tx, ctx, "keys.loss-unneeded", lossId, { pool: of, epoch });
      return;
    }
    await tx.execute(sql`
      update control.tenant_keys set lost = coalesce(lost, '[]') || ${JSON.stringify(keys)}::jsonb,
        unreadable = case when unreadable ->> 'pool' = ${of} and (unreadable ->> 'epoch')::integer = ${epoch} then null else unreadable end
      where tenant_id = ${tenantId}`);
    await endExports(tx, tenantId, Math.max(0, ...keys.map(({ purpose, version }) => (purpose === "data" ? version : 0))));
    const told = { pool: of, epoch, keys: destroyed };
    await emitAudit(tx, ctx, "keys.lost", lossId, told);
    await tx.execute(sql`
      insert into control.outbox (tenant_id, event_id, type, payload)
      values (${tenantId}, ${newId("event")}, 'tenant.key-lost', ${JSON.stringify(told)}::jsonb)`);
    const purposes = [...new Set(keys.map(({ purpose }) => purpose))];
    await requestMail(tx, { tenantId, key: `key-lost:${lossId}`, template: "key-lost", props: { purposes } });
  });
}

/** Exports that may have a part under a lost version do not open any more; another can be asked for. */
async function endExports(tx: ControlTransaction, tenantId: TenantId, newestLost: number): Promise<void> {
  await tx.execute(sql`
    update control.exports set state = 'EXPIRED', ended_at = clock_timestamp()
    where tenant_id = ${tenantId} and state = 'READY' and key_version <= ${newestLost}`);
}
