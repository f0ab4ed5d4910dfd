import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/** Keeps what a step has counted and looked at. What is found later takes the place of what was found before. */
export async function recordEvidence(
  tx: ControlTransaction,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
  item: string,
  evidence: unknown,
): Promise<void> {
  await tx.execute(sql`
    insert into control.offboarding_evidence (tenant_id, operation_id, item, evidence)
    values (${tenantId}, ${operationId}, ${item}, ${JSON.stringify(evidence)}::jsonb)
    on conflict (tenant_id, operation_id, item) do update set evidence = excluded.evidence, recorded_at = clock_timestamp()`);
}
