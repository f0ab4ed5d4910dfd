import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import { withControl } from "../with-control.ts";

export interface TenantResource {
  kind: string;
  name: string;
  /** An ARN, or the name by which the thing is found. */
  ref: string | null;
  state: "INTENDED" | "MADE" | "RELEASED";
  operationId: string;
  intendedAt: Date;
  madeAt: Date | null;
  releasedAt: Date | null;
}

/** Everything that was created for one tenant outside its rows, in the order in which it was intended. */
export async function listResources(pool: Pool, tenantId: string): Promise<TenantResource[]> {
  const result = await withControl(pool, { tenantId }, (tx) =>
    tx.execute<Record<string, string | null>>(sql`
      SELECT * FROM control.resources WHERE tenant_id = ${tenantId} ORDER BY intended_at, kind, name`),
  );
  return result.rows.map((row) => ({
    kind: String(row.kind),
    name: String(row.name),
    ref: row.ref ?? null,
    state: row.state as TenantResource["state"],
    operationId: String(row.operation_id),
    intendedAt: new Date(String(row.intended_at)),
    madeAt: row.made_at ? new Date(row.made_at) : null,
    releasedAt: row.released_at ? new Date(row.released_at) : null,
  }));
}
