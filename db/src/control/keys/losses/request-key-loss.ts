import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { UnreadableKeys } from "@leasehold/domain/keys/custody";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { type ControlTransaction, withControl } from "../../with-control.ts";
import { readOpenLoss } from "./read-loss.ts";

/**
 * An operator's wish to give up the wrapped keys of a tenant that do not open: another operator has to agree. Asking again for what waits
 * gives it back.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `keys-readable`, `past-no-return`; CONFLICT `loss-open`
 */
export function requestKeyLoss(
  pool: Pool,
  ctx: TenantContext,
  { reason }: { reason: string },
): Promise<{ lossId: string; outcome: "requested" | "repeated" }> {
  const { tenantId } = ctx;
  const actor = actorRef(ctx.actor);
  return withControl(pool, { tenantId }, async (tx) => {
    const keys = await lockUnreadable(tx, tenantId);
    const open = await readOpenLoss(tx, tenantId, keys);
    if (open?.requestedBy === actor && open.approvedBy === null) return { lossId: open.lossId, outcome: "repeated" };
    if (open !== undefined) {
      throw new DomainError("CONFLICT", "Another operator has asked for this already. Reload the page to decide about it.", {
        reason: "loss-open",
      });
    }
    const lossId = newId("keyLoss");
    const { pool: of, epoch, versions } = keys;
    await tx.execute(sql`
      INSERT INTO control.key_losses (tenant_id, loss_id, pool, epoch, versions, requested_by, reason)
      VALUES (${tenantId}, ${lossId}, ${of}, ${epoch}, ${sql.param(versions)}::integer[], ${actor}, ${reason})`);
    await emitAudit(tx, ctx, "keys.loss-requested", lossId, { pool: of, epoch, versions, reason });
    return { lossId, outcome: "requested" };
  });
}

/** What does not open of a tenant that is not past its end; its row stays locked. */
export async function lockUnreadable(tx: ControlTransaction, tenantId: string): Promise<UnreadableKeys> {
  const locked = await tx.execute<{ state: string | null }>(sql`SELECT control.lock_tenant(${tenantId}) AS state`);
  const state = locked.rows[0]?.state;
  if (state == null) throw new DomainError("NOT_FOUND", "There is no tenant with this id.", { field: "tenantId" });
  if (state === "SHREDDING" || state === "CLOSED") {
    throw new DomainError("PRECONDITION_FAILED", "The tenant is being shredded: its keys go with it.", { reason: "past-no-return" });
  }
  const { rows } = await tx.execute<{ unreadable: UnreadableKeys | null }>(
    sql`SELECT unreadable FROM control.tenant_keys WHERE tenant_id = ${tenantId}`,
  );
  const unreadable = rows[0]?.unreadable;
  if (unreadable) return unreadable;
  throw new DomainError("PRECONDITION_FAILED", "All keys of this tenant open. There is nothing to give up.", { reason: "keys-readable" });
}
