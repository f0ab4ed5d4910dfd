import { asc, eq } from "drizzle-orm";
import type { Pool } from "pg";
import { resources } from "../schema/resources.ts";
import { controlQuery } from "../with-control.ts";

export type TenantResource = typeof resources.$inferSelect;

/** Everything that was created for one tenant outside its rows, in the order in which it was intended. */
export function listResources(pool: Pool, tenantId: string): Promise<TenantResource[]> {
  return controlQuery(pool, { tenantId }, (tx) =>
    tx
      .select()
      .from(resources)
      .where(eq(resources.tenantId, tenantId))
      .orderBy(asc(resources.intendedAt), asc(resources.kind), asc(resources.name)),
  );
}
