import type { OperationId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { controlQuery } from "../with-control.ts";

export interface EvidenceRow {
  item: string;
  evidence: unknown;
  recordedAt: Date;
}

/** What the steps of a closing have counted and looked at, by item. For operators. */
export async function listEvidence(
  pool: Pool,
  { tenantId, operationId }: { tenantId: string; operationId: OperationId },
): Promise<EvidenceRow[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ item: string; evidence: unknown; recorded: string }>(sql`
      SELECT item, evidence, recorded_at AS recorded FROM control.offboarding_evidence
      WHERE tenant_id = ${tenantId} AND operation_id = ${operationId} ORDER BY item`),
  );
  return rows.map(({ item, evidence, recorded }) => ({ item, evidence, recordedAt: new Date(recorded) }));
}
