import type { TenantContext } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import type { TenantId } from "@leasehold/domain/ids";
import { eq, sql } from "drizzle-orm";
import type { Pool } from "pg";
import { emitAudit } from "../audit/emit-audit.ts";
import { tenants } from "../schema/tenants.ts";
import { controlQuery, withControl } from "../with-control.ts";

export type TenantRow = typeof tenants.$inferSelect;

/** The catalog's row of one tenant. Throws NOT_FOUND. */
export async function readTenant(pool: Pool, tenantId: TenantId): Promise<TenantRow> {
  const [row] = await controlQuery(pool, { tenantId }, (tx) => tx.select().from(tenants).where(eq(tenants.tenantId, tenantId)));
  if (row) return row;
  throw new DomainError("NOT_FOUND", "This workspace does not exist, or you are not a member of it.", { reason: "tenant-unknown" });
}

/** Changes the name that people see; the address stays. */
export async function renameTenant(pool: Pool, ctx: TenantContext, name: string): Promise<void> {
  await withControl(pool, { tenantId: ctx.tenantId }, async (tx) => {
    const renamed = await tx.execute(sql`UPDATE control.tenants SET name = ${name} WHERE tenant_id = ${ctx.tenantId}`);
    if (renamed.rowCount !== 1) throw new DomainError("NOT_FOUND", "This workspace does not exist.", { reason: "tenant-unknown" });
    await emitAudit(tx, ctx, "tenant.renamed", ctx.tenantId);
  });
}
