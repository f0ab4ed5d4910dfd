import { newId, type TenantId } from "@leasehold/domain/ids";
import { resetWaitDays } from "@leasehold/domain/second-factor-resets";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { emitAudit } from "../audit/emit-audit.ts";
import { queueMail } from "../mail/queue-mail.ts";
import { type ControlTransaction, controlQuery, withControl } from "../with-control.ts";

export interface OpenReset {
  tenantId: TenantId;
  resetId: string;
}

/** What only whoever has people's second factors can do. */
export interface ResetWork {
  /** A name for this very second factor; null where there is none. */
  find(userId: string): Promise<string | null>;
  /** Takes that one away and ends the person's sessions. The same again leaves one that is newer. @returns how many sessions there were */
  remove(userId: string, factorId: string): Promise<number>;
  /** The sealed mail that tells them; undefined where nobody can be told. */
  write(userId: string, at: Date): Promise<string | undefined>;
}

const wait = sql`make_interval(days => ${resetWaitDays})`;

/** What two operators have agreed to, or nobody has in time, of all tenants; oldest first, at most 100. */
export async function listOpenResets(pool: Pool): Promise<OpenReset[]> {
  const { rows } = await crossTenants("second-factor-resets", () =>
    controlQuery(pool, {}, (tx) =>
      tx.execute<OpenReset & Record<string, unknown>>(sql`
        SELECT tenant_id AS "tenantId", reset_id AS "resetId" FROM control.second_factor_resets
        WHERE user_id IS NOT NULL AND (approved_at IS NOT NULL OR requested_at <= now() - ${wait}) ORDER BY requested_at LIMIT 100`),
    ),
  );
  return rows;
}

interface Locked extends Record<string, unknown> {
  userId: string;
  approvedBy: string | null;
  looked: boolean;
  factorId: string | null;
}

/**
 * Has a second factor taken away that two operators agreed to, tells the person and the tenant, and forgets whose it was; a wish that
 * nobody decided about in time ends. What was found is written down first, so that an attempt that is repeated does and says the same.
 * One process at a time does it; the others leave it.
 */
export async function answerReset(pool: Pool, reset: OpenReset, work: ResetWork): Promise<"removed" | "none" | "expired" | "left"> {
  const begun = await withControl(pool, reset, async (tx) => {
    const found = await lockOpen(tx, reset);
    if (found === undefined) return "left";
    if (found.approvedBy === null) return end(tx, reset, "expired", 0);
    if (!found.looked) {
      const factorId = await work.find(found.userId);
      await tx.execute(sql`
        UPDATE control.second_factor_resets SET looked_at = clock_timestamp(), factor_id = ${factorId} WHERE ${ofReset(reset)}`);
    }
    return "begun";
  });
  if (begun !== "begun") return begun;
  return withControl(pool, reset, async (tx) => {
    const found = await lockOpen(tx, reset);
    if (found?.approvedBy == null || !found.looked) return "left";
    const { userId, factorId, approvedBy } = found;
    if (factorId === null) return end(tx, reset, "none", 0);
    const sessions = await work.remove(userId, factorId);
    const sealed = await work.write(userId, new Date());
    const template = "second-factor-removed";
    const dedupeKey = `${template}:${reset.resetId}`;
    if (sealed !== undefined) await queueMail(tx, { dedupeKey, template, sealed, tenantId: reset.tenantId });
    const actor = { type: "operator", operatorId: approvedBy.slice("operator:".length) } as const;
    await emitAudit(tx, { tenantId: reset.tenantId, actor, requestId: newId("request") }, "member.second-factor-reset", userId, {
      sessions,
    });
    return end(tx, reset, "removed", sessions);
  });
}

const ofReset = ({ tenantId, resetId }: OpenReset) => sql`tenant_id = ${tenantId} AND reset_id = ${resetId}`;

/** One that is due; its row stays locked. */
async function lockOpen(tx: ControlTransaction, reset: OpenReset): Promise<Locked | undefined> {
  const { rows } = await tx.execute<Locked>(sql`
    SELECT user_id AS "userId", approved_by AS "approvedBy", looked_at IS NOT NULL AS looked, factor_id AS "factorId"
    FROM control.second_factor_resets
    WHERE ${ofReset(reset)} AND user_id IS NOT NULL AND (approved_at IS NOT NULL OR requested_at <= now() - ${wait}) FOR UPDATE SKIP LOCKED`);
  return rows[0];
}

/** The database forgets whose it was with the outcome. */
async function end<O extends "removed" | "none" | "expired">(
  tx: ControlTransaction,
  reset: OpenReset,
  outcome: O,
  sessions: number,
): Promise<O> {
  await tx.execute(sql`
    UPDATE control.second_factor_resets SET outcome = ${outcome}, sessions = ${sessions}, ended_at = clock_timestamp() WHERE ${ofReset(reset)}`);
  return outcome;
}
