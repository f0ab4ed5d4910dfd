import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { requestCommand } from "../commands/request-command.ts";
import { releaseHeldMail } from "../mail/release-held-mail.ts";
import { lockOperation } from "../operations/lock-operation.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

export interface ApprovalDecision {
  tenantId: string;
  operationId: string;
  decision: "approve" | "reject";
  reason: string;
  idempotencyKey: string;
  operatorId: string;
  requestId: string;
}

export type ApprovalOutcome = "approved" | "rejected" | "repeated";

/**
 * Approving queues the onboarding; rejecting ends it, fails the tenant, frees its address and lets go the mail that tells the
 * person, since nothing outside the catalog was made yet. A decision that was taken already is only given back to whoever repeats it.
 * @throws DomainError NOT_FOUND, or PRECONDITION_FAILED `not-awaiting-approval`.
 */
export async function decideApproval(pool: Pool, input: ApprovalDecision): Promise<ApprovalOutcome> {
  const tenantId = input.tenantId as TenantId;
  const operationId = input.operationId as OperationId;
  const ctx: TenantContext = { tenantId, actor: { type: "operator", operatorId: input.operatorId }, requestId: input.requestId };
  return withControl(pool, { tenantId }, async (tx) => {
    const operation = await lockOperation(tx, tenantId, operationId);
    if (operation.state !== "AWAITING_APPROVAL") {
      if (operation.state === "REJECTED" && input.decision === "reject") return "repeated";
      if (input.decision === "approve" && (await wasApproved(tx, input))) return "repeated";
      throw new DomainError("PRECONDITION_FAILED", "This onboarding no longer waits for a decision. Reload the page to see where it is.", {
        reason: "not-awaiting-approval",
      });
    }
    if (input.decision === "approve") {
      await tx.execute(sql`
        UPDATE control.operations SET state = 'REQUESTED' WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
      await requestCommand(tx, ctx, {
        operationId,
        kind: "onboard-tenant",
        idempotencyKey: input.idempotencyKey,
        body: { tenantId, operationId, decision: input.decision, reason: input.reason },
        reason: input.reason,
      });
      await emitAudit(tx, ctx, "onboarding.approved", operationId, { reason: input.reason });
      return "approved";
    }
    await rejectOnboarding(tx, tenantId, operationId);
    await emitAudit(tx, ctx, "onboarding.rejected", operationId, { reason: input.reason });
    return "rejected";
  });
}

async function rejectOnboarding(tx: ControlTransaction, tenantId: TenantId, operationId: OperationId): Promise<void> {
  await tx.execute(sql`
    UPDATE control.operations SET state = 'REJECTED', finished_at = now() WHERE tenant_id = ${tenantId} AND operation_id = ${operationId}`);
  const failed = await tx.execute(sql`
    UPDATE control.tenants SET state = 'FAILED', current_operation = NULL WHERE tenant_id = ${tenantId} AND state = 'PROVISIONING'`);
  // The policy lets go of this tenant's address alone; whose an address is cannot be asked.
  const released = await tx.execute(sql`
    DELETE FROM control.slugs WHERE slug = (SELECT t.slug FROM control.tenants t WHERE t.tenant_id = ${tenantId})`);
  await releaseHeldMail(tx, tenantId, ["sign-up-declined"]);
  if (failed.rowCount !== 1 || released.rowCount !== 1) throw new Error("a rejected tenant was not ended whole");
}

async function wasApproved(tx: ControlTransaction, input: ApprovalDecision): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    SELECT FROM control.commands WHERE tenant_id = ${input.tenantId} AND operation_id = ${input.operationId}
      AND idempotency_key = ${input.idempotencyKey} AND kind = 'onboard-tenant'`);
  return rowCount === 1;
}
