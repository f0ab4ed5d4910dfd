import type { TenantId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { controlQuery } from "../with-control.ts";

/** ARNs of the keys that the platform, or the tenant's stack, made for a tenant, whatever became of them since. */
export async function findPlatformKeys(pool: pg.Pool, tenantId: TenantId): Promise<string[]> {
  const { rows } = await controlQuery(pool, { tenantId }, (tx) =>
    tx.execute<{ ref: string }>(
      sql`select ref from control.resources where tenant_id = ${tenantId} and kind = 'kms-key' and ref like 'arn:%' order by ref`,
    ),
  );
  return rows.map(({ ref }) => ref);
}
