import { actorRef, type TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { requestCommand } from "../commands/request-command.ts";
import { lockOperation } from "../operations/lock-operation.ts";
import { requireStillPermitted } from "../operators/require-still-permitted.ts";
import { withControl } from "../with-control.ts";

export interface OffboardingDecision {
  tenantId: TenantId;
  operationId: OperationId;
  decision: "approve" | "reject";
  reason: string;
  idempotencyKey: string;
  operatorId: string;
  requestId: string;
}

/**
 * The second pair of eyes on an operator's request: approving begins the closing, rejecting ends it before anything was done. Whoever
 * asked may reject and never approve; a decision that was taken already is given back to whoever repeats it.
 * @throws DomainError NOT_FOUND; PRECONDITION_FAILED `not-awaiting-approval`, `second-operator`, `requester-gone`
 */
export async function decideOffboarding(pool: Pool, input: OffboardingDecision): Promise<"approved" | "rejected" | "repeated"> {
  const { tenantId, operationId, decision, reason } = input;
  const ctx: TenantContext = { tenantId, actor: { type: "operator", operatorId: input.operatorId }, requestId: input.requestId };
  const actor = actorRef(ctx.actor);
  return withControl(pool, { tenantId }, async (tx) => {
    const operation = await lockOperation(tx, tenantId, operationId);
    const { rows } = await tx.execute<{ requested_by: string; approved_by: string | null }>(sql`
      SELECT requested_by, approved_by FROM control.offboardings WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
    const closing = rows[0];
    if (closing === undefined) throw new DomainError("NOT_FOUND", "There is no such operation.", { field: "operationId" });
    if (operation.state !== "AWAITING_APPROVAL") {
      if (decision === "approve" ? closing.approved_by === actor : operation.state === "REJECTED") return "repeated";
      throw new DomainError("PRECONDITION_FAILED", "This closing no longer waits for a decision. Reload the page to see where it is.", {
        reason: "not-awaiting-approval",
      });
    }
    if (decision === "reject") {
      await tx.execute(sql`
        UPDATE control.operations SET state = 'REJECTED', finished_at = now() WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
      await emitAudit(tx, ctx, "offboarding.rejected", operationId, { reason });
      return "rejected";
    }
    if (closing.requested_by === actor) {
      throw new DomainError("PRECONDITION_FAILED", "Another operator than the one who asked has to approve this.", {
        reason: "second-operator",
      });
    }
    if (closing.requested_by.startsWith("operator:")) await requireStillPermitted(tx, closing.requested_by, "tenants:close");
    await tx.execute(sql`
      UPDATE control.offboardings SET approved_by = ${actor}, approved_at = now() WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
    await tx.execute(
      sql`UPDATE control.operations SET state = 'REQUESTED' WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`,
    );
    await requestCommand(tx, ctx, {
      operationId,
      kind: "offboard-tenant",
      idempotencyKey: input.idempotencyKey,
      body: { tenantId, operationId, decision, reason },
      reason,
    });
    await emitAudit(tx, ctx, "offboarding.approved", operationId, { reason });
    return "approved";
  });
}
