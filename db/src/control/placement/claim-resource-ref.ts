import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/**
 * Notes what the provider calls a resource as soon as it is there, before anything is done with it. The first that is noted stays.
 * @returns what is noted then; undefined when the operation does not intend such a resource any more
 */
export async function claimResourceRef(
  pool: pg.Pool,
  resource: { tenantId: TenantId; operationId: OperationId; kind: string; name: string; ref: string },
): Promise<string | undefined> {
  const { tenantId, operationId, kind, name, ref } = resource;
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ ref: string }>(sql`
      update control.resources set ref = coalesce(ref, ${ref})
      where tenant_id = ${tenantId} and operation_id = ${operationId} and kind = ${kind} and name = ${name} and state <> 'RELEASED'
      returning ref`),
  );
  return rows[0]?.ref;
}
