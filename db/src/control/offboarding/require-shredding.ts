import { DomainError } from "@leasehold/domain/errors";
import type { OperationId, TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/**
 * Lets nothing be destroyed unless the database itself has let this tenant go, to this very operation, under no legal hold.
 * @throws DomainError PRECONDITION_FAILED `not-shredding`, `legal-hold`
 */
export async function requireShredding(
  pool: pg.Pool,
  { tenantId, operationId }: { tenantId: TenantId; operationId: OperationId },
): Promise<void> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ gone: boolean; held: boolean }>(sql`
      select (t.state = 'SHREDDING' and t.current_operation = o.operation_id or t.state = 'CLOSED')
          and o.shredding_at is not null and o.cancelled_at is null as gone,
        exists (select from control.legal_holds h where h.tenant_id = t.tenant_id and h.released_at is null) as held
      from control.tenants t join control.offboardings o on o.tenant_id = t.tenant_id and o.operation_id = ${operationId}
      where t.tenant_id = ${tenantId}`),
  );
  if (rows[0]?.held) throw new DomainError("PRECONDITION_FAILED", "The tenant is under a legal hold.", { reason: "legal-hold" });
  if (rows[0]?.gone) return;
  throw new DomainError("PRECONDITION_FAILED", "The tenant has not passed the point of no return in this operation.", {
    reason: "not-shredding",
  });
}
