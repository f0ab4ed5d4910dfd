import { newId, type TenantId } from "@leasehold/domain/ids";
import type { UnreadableKeys } from "@leasehold/domain/keys/custody";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";
import { emitAudit } from "../audit/emit-audit.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

type Found = Pick<UnreadableKeys, "pool" | "epoch" | "versions">;

/**
 * A tenant's wrapped keys that did not open when their epoch turned, for operators; none when they do again. The audit log and other
 * systems are told when that changes: the epoch and the versions, never a key. A tenant that is not in the catalog is left out.
 * @returns whether it has changed
 */
export function noteUnreadableKeys(pool: pg.Pool, tenantId: TenantId, found: Found | undefined, requestId: string): Promise<boolean> {
  return withControl(pool, { tenantId }, async (tx) => {
    // Two attempts at one turn find the same: the second sees what the first has told.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`unreadable:${tenantId}`}, 0))`);
    const before = await readNoted(tx, tenantId);
    if (before === "unknown" || isSame(before ?? undefined, found)) return false;
    const noted = found === undefined ? null : JSON.stringify({ ...found, since: new Date().toISOString() } satisfies UnreadableKeys);
    await tx.execute(sql`
      insert into control.tenant_keys (tenant_id, unreadable) values (${tenantId}, ${noted}::jsonb)
      on conflict (tenant_id) do update set unreadable = excluded.unreadable`);
    const told = found ?? { pool: before?.pool, epoch: before?.epoch, versions: before?.versions };
    const what = found === undefined ? "readable" : "unreadable";
    const ctx = { tenantId, actor: { type: "system", operationId: newId("operation") } as const, requestId };
    await emitAudit(tx, ctx, `keys.${what}`, tenantId, told);
    await tx.execute(sql`
      insert into control.outbox (tenant_id, event_id, type, payload)
      values (${tenantId}, ${newId("event")}, ${`tenant.key-${what}`}, ${JSON.stringify(told)}::jsonb)`);
    return true;
  });
}

async function readNoted(tx: ControlTransaction, tenantId: TenantId): Promise<UnreadableKeys | null | "unknown"> {
  const { rows } = await tx.execute<{ unreadable: UnreadableKeys | null }>(sql`
    select k.unreadable from control.tenants t left join control.tenant_keys k on k.tenant_id = t.tenant_id where t.tenant_id = ${tenantId}`);
  return rows[0] === undefined ? "unknown" : rows[0].unreadable;
}

function isSame(before: UnreadableKeys | undefined, found: Found | undefined): boolean {
  const text = (of: Found | undefined) => of && `${of.pool} ${of.epoch} ${of.versions.join()}`;
  return text(before) === text(found);
}

/** Tenants with keys that do not open, of all tenants: how many keys' epochs are held for. */
export async function listUnreadableKeys(pool: pg.Pool): Promise<(UnreadableKeys & { tenantId: TenantId })[]> {
  const noted = { name: "unreadable-keys", text: "select tenant_id, unreadable from control.tenant_keys where unreadable is not null" };
  try {
    const { rows } = await crossTenants("key-watch", () => pool.query<{ tenant_id: TenantId; unreadable: UnreadableKeys }>(noted));
    return rows.map(({ tenant_id: tenantId, unreadable }) => ({ tenantId, ...unreadable }));
  } catch (error) {
    throw toDomainError(error);
  }
}
