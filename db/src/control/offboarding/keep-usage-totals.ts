import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/**
 * Keeps what the tenant used, by month and under its pseudonym, before the detail goes. The first totals of a month stay: what a later
 * attempt finds has been reduced already.
 */
export async function keepUsageTotals(
  control: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
  { documents, bytes }: { documents: number; bytes: number },
): Promise<void> {
  await controlQuery(control, { tenantId }, (tx) =>
    tx.execute(sql`
      insert into control.usage_totals (pseudonym, month, metric, quantity, plan)
      select o.pseudonym, date_trunc('month', o.shredding_at at time zone 'UTC')::date, totals.metric, totals.quantity, t.plan
      from control.offboardings o join control.tenants t on t.tenant_id = o.tenant_id,
        (values ('documents', ${documents}::bigint), ('stored_bytes', ${bytes}::bigint)) as totals (metric, quantity)
      where o.tenant_id = ${tenantId} and o.operation_id = ${operationId} and o.pseudonym is not null
      on conflict do nothing`),
  );
}
