import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { type Evidence, evidenceItem, type KeyEvidence, type StoreEvidence } from "@leasehold/domain/offboarding/certificate";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery, withControl } from "../with-control.ts";
import { recordEvidence } from "./record-evidence.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

/** Everything that the steps have recorded so far. */
export async function readRecorded(pool: pg.Pool, { tenantId, operationId }: Ref): Promise<Evidence[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ evidence: Evidence }>(sql`
      select evidence from control.offboarding_evidence
      where tenant_id = ${tenantId} and operation_id = ${operationId} order by item`),
  );
  return rows.map(({ evidence }) => evidence);
}

export async function readKeyEvidence(pool: pg.Pool, ref: Ref): Promise<KeyEvidence[]> {
  return (await readRecorded(pool, ref)).filter((one) => one.type === "key");
}

/** Records what was found; what was found before gives way. */
export async function record(pool: pg.Pool, ref: Ref, found: readonly Evidence[]): Promise<void> {
  await withControl(pool, ref, async (tx) => {
    for (const evidence of found) await recordEvidence(tx, ref, evidenceItem(evidence), evidence);
  });
}

/** Records what there was before anything was taken away: the first count stays, whatever is found when a step runs again. */
export async function recordFirst(
  pool: pg.Pool,
  { tenantId, operationId }: Ref,
  found: readonly (StoreEvidence | KeyEvidence)[],
): Promise<void> {
  await withControl(pool, { tenantId }, async (tx) => {
    for (const evidence of found)
      await tx.execute(sql`
        insert into control.offboarding_evidence (tenant_id, operation_id, item, evidence)
        values (${tenantId}, ${operationId}, ${evidenceItem(evidence)}, ${JSON.stringify(evidence)}::jsonb) on conflict do nothing`);
  });
}
