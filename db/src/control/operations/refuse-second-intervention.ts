import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** One decision at a time: a second one waits until the first was carried out. @throws DomainError CONFLICT `decision-pending`. */
export async function refuseSecondIntervention(tx: ControlTransaction, tenantId: TenantId, operationId: OperationId): Promise<void> {
  const { rowCount } = await tx.execute(sql`
    SELECT FROM control.commands
    WHERE tenant_id = ${tenantId} AND operation_id = ${operationId} AND kind IN ('retry-step', 'roll-back') AND state = 'PENDING'`);
  if (!rowCount) return;
  throw new DomainError("CONFLICT", "A decision about this operation is already on its way. It is carried out within seconds.", {
    reason: "decision-pending",
    retryAfterSeconds: 5,
  });
}
