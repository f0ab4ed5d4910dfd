import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import type { OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { releaseHeldMail } from "../mail/release-held-mail.ts";
import { changeOperation, readOperationState } from "../operations/change-operation.ts";
import { withControl } from "../with-control.ts";

/**
 * Ends an onboarding that was rolled back: the tenant FAILED under its id alone, its address free, its people and open invitations
 * gone, the person told; the operation and its audit rows stay, and what was asked for at sign-up, by which the person's page finds how
 * it ended. Throws PRECONDITION_FAILED (`not-provisioning`) when the tenant is not held by the operation. @returns the state that holds then
 */
export function endRollback(
  pool: pg.Pool,
  { tenantId, operationId, requestId }: { tenantId: TenantId; operationId: OperationId; requestId: string },
): Promise<OperationState> {
  const ctx: TenantContext = { tenantId, actor: { type: "system", operationId }, requestId };
  return withControl(pool, { tenantId }, async (tx) => {
    const before = await readOperationState(tx, { tenantId, operationId });
    if (before !== "ROLLING_BACK") return before;
    await tx.execute(sql`delete from control.slugs where slug = (select slug from control.tenants where tenant_id = ${tenantId})`);
    const failed = await tx.execute(sql`
      update control.tenants set state = 'FAILED', current_operation = null, name = tenant_id, slug = lower(replace(tenant_id, '_', '-'))
      where tenant_id = ${tenantId} and state = 'PROVISIONING' and current_operation = ${operationId}`);
    if (failed.rowCount !== 1) {
      throw new DomainError("PRECONDITION_FAILED", "The tenant is not this onboarding's to end.", { reason: "not-provisioning" });
    }
    await tx.execute(sql`delete from control.members where tenant_id = ${tenantId}`);
    await tx.execute(sql`delete from control.invitations where tenant_id = ${tenantId} and state in ('HELD', 'PENDING')`);
    await releaseHeldMail(tx, tenantId, ["onboarding-failed"]);
    await emitAudit(tx, ctx, "onboarding.rolled-back", operationId);
    return changeOperation(tx, { tenantId, operationId, from: ["ROLLING_BACK"], to: "ROLLED_BACK" });
  });
}
