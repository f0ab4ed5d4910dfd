import type { TenantId } from "@leasehold/domain/ids";
import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import type { OperationState } from "@leasehold/domain/operations";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../../with-control.ts";

export interface ListedErasure {
  operationId: string;
  pseudonym: string;
  documents: ErasureChoice;
  byThemselves: boolean;
  state: OperationState;
  certificateId: string | null;
  createdAt: Date;
  erasedAt: Date | null;
}

/** A tenant's erasures of people, newest first, at most 100. Who it was is not among it. */
export async function listErasures(pool: pg.Pool, tenantId: TenantId): Promise<ListedErasure[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, string | null> & { by_themselves: boolean }>(sql`
      SELECT e.operation_id, e.pseudonym, e.documents, e.by_themselves, o.state, c.certificate_id, e.created_at, e.erased_at
      FROM control.person_erasures e
      JOIN control.operations o ON o.tenant_id = e.tenant_id AND o.operation_id = e.operation_id
      LEFT JOIN control.certificates c ON c.tenant_id = e.tenant_id AND c.operation_id = e.operation_id
      WHERE e.tenant_id = ${tenantId} ORDER BY e.created_at DESC, e.operation_id DESC LIMIT 100`),
  );
  return rows.map((row) => ({
    operationId: String(row.operation_id),
    pseudonym: String(row.pseudonym),
    documents: row.documents as ErasureChoice,
    byThemselves: row.by_themselves,
    state: row.state as OperationState,
    certificateId: row.certificate_id ?? null,
    createdAt: new Date(String(row.created_at)),
    erasedAt: row.erased_at == null ? null : new Date(row.erased_at),
  }));
}
