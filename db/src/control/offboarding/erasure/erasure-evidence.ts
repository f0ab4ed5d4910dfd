import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../../with-control.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** Keeps what was found first; what is there already stays. */
export async function keepFirstEvidence(tx: ControlTransaction, ref: Ref, item: string, evidence: unknown): Promise<void> {
  await tx.execute(sql`
    insert into control.offboarding_evidence (tenant_id, operation_id, item, evidence)
    values (${ref.tenantId}, ${ref.operationId}, ${item}, ${JSON.stringify(evidence)}::jsonb)
    on conflict (tenant_id, operation_id, item) do nothing`);
}

/** One piece as it was recorded; undefined when there is none. */
export async function readOneEvidence(tx: ControlTransaction, ref: Ref, item: string): Promise<unknown> {
  const { rows } = await tx.execute<{ evidence: unknown }>(sql`
    select evidence from control.offboarding_evidence
    where tenant_id = ${ref.tenantId} and operation_id = ${ref.operationId} and item = ${item}`);
  return rows[0]?.evidence;
}
