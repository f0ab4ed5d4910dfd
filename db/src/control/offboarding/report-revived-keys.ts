import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type { KmsKeyState, StoreEvidence } from "@leasehold/domain/offboarding/certificate";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { withControl } from "../with-control.ts";
import { recordEvidence } from "./record-evidence.ts";

export interface RevivedKey {
  keyArn: string;
  /** As KMS answered, and when. */
  state: KmsKeyState;
  answeredAt: string;
}

const item = "store:keys-revived";

/**
 * Somebody took keys out of their deletion: the audit log and other systems are told, operators see it at the operation, and it is
 * among the evidence for good. Once for each look that finds one.
 */
export async function reportRevivedKeys(
  pool: pg.Pool,
  ref: { tenantId: TenantId; operationId: OperationId; requestId: string },
  keys: readonly RevivedKey[],
): Promise<void> {
  const { tenantId, operationId, requestId } = ref;
  const ctx = { tenantId, actor: { type: "system", operationId } as const, requestId };
  await withControl(pool, { tenantId }, async (tx) => {
    for (const { keyArn, state, answeredAt } of keys) {
      await emitAudit(tx, ctx, "offboarding.key-revived", `${keyArn}@${answeredAt}`);
      await tx.execute(sql`
        insert into control.outbox (tenant_id, event_id, type, payload)
        values (${tenantId}, ${newId("event")}, 'tenant.key-revived', ${JSON.stringify({ operationId, keyArn, state, answeredAt })}::jsonb)`);
    }
    await tx.execute(sql`
      update control.operations set attention_step = 'finality', attention_code = 'PRECONDITION_FAILED',
        attention_reason = 'A key of the tenant had been taken out of its deletion by hand. It was switched off and scheduled again: find out who did it.'
      where tenant_id = ${tenantId} and operation_id = ${operationId}`);
    const { rows } = await tx.execute<{ evidence: StoreEvidence }>(sql`
      select evidence from control.offboarding_evidence where tenant_id = ${tenantId} and operation_id = ${operationId} and item = ${item}`);
    const evidence: StoreEvidence = {
      type: "store",
      store: "keys-revived",
      label: "Keys that were taken out of their deletion by hand",
      disposition: "destroyed",
      before: (rows[0]?.evidence.before ?? 0) + keys.length,
      after: 0,
      checkedAt: keys.at(-1)?.answeredAt ?? null,
      how: "DescribeKey, once a day until the keys are gone; each was switched off and scheduled again at once",
    };
    await recordEvidence(tx, { tenantId, operationId }, item, evidence);
  });
}
