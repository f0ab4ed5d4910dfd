import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { requestCommand } from "../commands/request-command.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

export interface LegalHold {
  holdId: string;
  caseNumber: string;
  reason: string;
  placedBy: string;
  placedAt: Date;
  releasedBy: string | null;
  releasedAt: Date | null;
  releaseReason: string | null;
}

/**
 * Places a legal hold for a case, on a tenant in any state before the point of no return. Two of one case are one: the open one is
 * given back.
 * @throws DomainError NOT_FOUND; VALIDATION on `caseNumber`, `reason`; PRECONDITION_FAILED `past-no-return`
 */
export function placeLegalHold(
  pool: Pool,
  ctx: TenantContext,
  { caseNumber, reason }: { caseNumber: string; reason: string },
): Promise<{ holdId: string; outcome: "placed" | "open" }> {
  const { tenantId } = ctx;
  requireText("caseNumber", caseNumber, 100);
  requireText("reason", reason, 500);
  return withControl(pool, { tenantId }, async (tx) => {
    await lockKnown(tx, tenantId);
    const open = await tx.execute<{ hold_id: string }>(sql`
      SELECT hold_id FROM control.legal_holds WHERE tenant_id = ${tenantId} AND case_number = ${caseNumber} AND released_at IS NULL`);
    if (open.rows[0] !== undefined) return { holdId: open.rows[0].hold_id, outcome: "open" };
    const holdId = newId("legalHold");
    await tx.execute(sql`
      INSERT INTO control.legal_holds (tenant_id, hold_id, case_number, reason, placed_by)
      VALUES (${tenantId}, ${holdId}, ${caseNumber}, ${reason}, ${actorRef(ctx.actor)})`);
    await emitAudit(tx, ctx, "legal-hold.placed", holdId, {});
    await wakeOffboarding(tx, ctx, holdId);
    return { holdId, outcome: "placed" };
  });
}

/**
 * Releases one legal hold; the end of a closing's hold may come once none is open. Releasing again changes nothing.
 * @throws DomainError NOT_FOUND; VALIDATION on `reason`
 */
export function releaseLegalHold(
  pool: Pool,
  ctx: TenantContext,
  { holdId, reason }: { holdId: string; reason: string },
): Promise<"released" | "repeated"> {
  const { tenantId } = ctx;
  requireText("reason", reason, 500);
  return withControl(pool, { tenantId }, async (tx) => {
    await lockKnown(tx, tenantId);
    const { rows } = await tx.execute<{ released: boolean }>(sql`
      SELECT released_at IS NOT NULL AS released FROM control.legal_holds WHERE tenant_id = ${tenantId} AND hold_id = ${holdId}`);
    if (rows[0] === undefined) throw new DomainError("NOT_FOUND", "There is no such legal hold.", { field: "holdId" });
    if (rows[0].released) return "repeated";
    await tx.execute(sql`
      UPDATE control.legal_holds SET released_by = ${actorRef(ctx.actor)}, released_at = now(), release_reason = ${reason}
      WHERE tenant_id = ${tenantId} AND hold_id = ${holdId}`);
    await emitAudit(tx, ctx, "legal-hold.released", holdId, {});
    await wakeOffboarding(tx, ctx, `${holdId}:released`);
    return "released";
  });
}

/** Every legal hold of a tenant, open ones first, newest first. For operators. */
export function listLegalHolds(pool: Pool, tenantId: string): Promise<LegalHold[]> {
  return withControl(pool, { tenantId }, async (tx) => {
    type Row = Omit<LegalHold, "placedAt" | "releasedAt"> & { placed: string; released: string | null };
    const { rows } = await tx.execute<Row & Record<string, unknown>>(sql`
      SELECT hold_id AS "holdId", case_number AS "caseNumber", reason, placed_by AS "placedBy", placed_at AS placed,
        released_by AS "releasedBy", released_at AS released, release_reason AS "releaseReason"
      FROM control.legal_holds WHERE tenant_id = ${tenantId} ORDER BY released_at IS NOT NULL, placed_at DESC`);
    return rows.map(({ placed, released, ...hold }) => ({
      ...hold,
      placedAt: new Date(placed),
      releasedAt: released === null ? null : new Date(released),
    }));
  });
}

async function lockKnown(tx: ControlTransaction, tenantId: string): Promise<void> {
  const { rows } = await tx.execute<{ state: string | null }>(sql`SELECT control.lock_tenant(${tenantId}) AS state`);
  if (rows[0]?.state == null) throw new DomainError("NOT_FOUND", "There is no such tenant.", { field: "tenantId" });
}

/** The run of an open closing looks at the authority again. */
async function wakeOffboarding(tx: ControlTransaction, ctx: TenantContext, cause: string): Promise<void> {
  const { rows } = await tx.execute<{ operation_id: `op_${string}` }>(sql`
    SELECT operation_id FROM control.operations WHERE tenant_id = ${ctx.tenantId} AND kind = 'offboarding' AND state IN ('RUNNING', 'NEEDS_ATTENTION')`);
  const operationId = rows[0]?.operation_id;
  if (operationId === undefined) return;
  await requestCommand(tx, ctx, { operationId, kind: "change-offboarding", idempotencyKey: `wake:${cause}`, body: { cause } });
}

function requireText(field: string, value: string, longest: number): void {
  if (value.trim().length >= 1 && value.length <= longest) return;
  throw new DomainError("VALIDATION", `Enter 1 to ${longest} characters.`, { field, reason: "text-length" });
}
