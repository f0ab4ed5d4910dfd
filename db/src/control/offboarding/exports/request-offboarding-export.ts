import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId, type TenantId } from "@leasehold/domain/ids";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { emitAudit } from "../../audit/emit-audit.ts";
import { withControl } from "../../with-control.ts";

/**
 * The export that an offboarding makes: the one that it has, unless that failed, or a new one. One that was being built before is
 * given up: it was begun while things could still change.
 */
export function requestOffboardingExport(
  pool: pg.Pool,
  { tenantId, operationId, requestId }: { tenantId: TenantId; operationId: OperationId; requestId: string },
): Promise<{ exportId: ExportId; superseded: ExportId[] }> {
  const ctx: TenantContext = { tenantId, actor: { type: "system", operationId }, requestId };
  return withControl(pool, { tenantId }, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`export:${tenantId}`}, 0))`);
    const { rows: known } = await tx.execute<{ exportId: ExportId }>(sql`
      select export_id as "exportId" from control.exports
      where tenant_id = ${tenantId} and operation_id = ${operationId} and state in ('REQUESTED', 'RUNNING', 'READY')`);
    if (known[0] !== undefined) return { exportId: known[0].exportId, superseded: [] };
    const { rows: given } = await tx.execute<{ exportId: ExportId }>(sql`
      update control.exports set state = 'FAILED', failure_code = 'superseded', ended_at = clock_timestamp()
      where tenant_id = ${tenantId} and state in ('REQUESTED', 'RUNNING') returning export_id as "exportId"`);
    const exportId = newId("export");
    await tx.execute(sql`
      insert into control.exports (tenant_id, export_id, operation_id, requested_by)
      values (${tenantId}, ${exportId}, ${operationId}, ${`system:${operationId}`})`);
    await emitAudit(tx, ctx, "export.requested", exportId);
    return { exportId, superseded: given.map(({ exportId: id }) => id) };
  });
}
