import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { type ExportId, personErased } from "@leasehold/domain/offboarding/exports";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery, withControl } from "../../with-control.ts";
import { refuseUnderLegalHold } from "../erasure/read-erasure.ts";
import { expireWithin, failWithin } from "./end-export.ts";

interface Ref {
  tenantId: TenantId;
  operationId: OperationId;
}

const kept = sql`state in ('REQUESTED', 'RUNNING', 'READY')`;

/** How many exports of a tenant are kept or being built. */
export async function countKeptExports(pool: pg.Pool, tenantId: TenantId): Promise<number> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ count: number }>(sql`select count(*)::int as count from control.exports where tenant_id = ${tenantId} and ${kept}`),
  );
  return rows[0]?.count ?? 0;
}

/**
 * Every export of a tenant ends, built or not, and what was sealed of its people for the next one goes: somebody in them is being erased.
 * Throws PRECONDITION_FAILED `legal-hold`. The same again ends what came since. @returns how many of those that were there are left
 */
export function endExportsForErasure(pool: pg.Pool, { tenantId }: Ref, requestId: string): Promise<number> {
  return withControl(pool, { tenantId }, async (tx) => {
    await refuseUnderLegalHold(tx, tenantId);
    const { rows } = await tx.execute<{ exportId: ExportId; state: string }>(sql`
      select export_id as "exportId", state from control.exports where tenant_id = ${tenantId} and ${kept} for update`);
    for (const { exportId, state } of rows) {
      if (state === "READY") await expireWithin(tx, { tenantId, exportId }, requestId);
      else await failWithin(tx, { tenantId, exportId }, personErased, requestId);
    }
    await tx.execute(sql`delete from control.export_people where tenant_id = ${tenantId}`);
    const left = await tx.execute<{ count: number }>(sql`
      select count(*)::int as count from control.exports where tenant_id = ${tenantId} and ${kept}`);
    return left.rows[0]?.count ?? 0;
  });
}

/** Exports that ended since an erasure was asked for, or shortly before: what they have stored may still be there. */
export async function listEndedExports(pool: pg.Pool, { tenantId, operationId }: Ref): Promise<ExportId[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ exportId: ExportId }>(sql`
      select x.export_id as "exportId" from control.exports x join control.person_erasures e on e.tenant_id = x.tenant_id and e.operation_id = ${operationId}
      where x.tenant_id = ${tenantId} and x.state in ('FAILED', 'EXPIRED') and x.ended_at > e.created_at - interval '3 days'`),
  );
  return rows.map(({ exportId }) => exportId);
}

/** The closing whose hold is under way and whose export was ended: its owners are to have another one. Undefined where there is none. */
export async function findClosingWithoutExport(pool: pg.Pool, tenantId: TenantId): Promise<OperationId | undefined> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ operationId: OperationId }>(sql`
      select o.operation_id as "operationId" from control.offboardings o join control.tenants t on t.tenant_id = o.tenant_id
      where o.tenant_id = ${tenantId} and t.state = 'CLOSING' and o.with_export and o.cancelled_at is null and o.hold_began_at is not null
        and not exists (select from control.exports x where x.tenant_id = o.tenant_id and x.operation_id = o.operation_id and x.${kept})
      order by o.created_at desc limit 1`),
  );
  return rows[0]?.operationId;
}
