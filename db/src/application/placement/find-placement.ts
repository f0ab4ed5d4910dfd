import { DomainError } from "@leasehold/domain/errors";
import type { Placement } from "@leasehold/domain/placement";
import type { SuspensionAccess } from "@leasehold/domain/suspension/kinds";
import type { TenantState } from "@leasehold/domain/tenant-states";
import type pg from "pg";
import { toDomainError } from "../../errors.ts";

export interface TenantPlacement {
  tenantId: string;
  state: TenantState;
  /** What is left of a suspended tenant's access. */
  suspendedAccess: SuspensionAccess | null;
  plan: string;
  placement: Placement;
}

interface Row {
  tenant_id: string;
  state: TenantState;
  suspended_access: SuspensionAccess | null;
  plan: string;
  region: string;
  database: string;
  bucket: string;
  object_prefix: string;
  key_arn: string;
  role_arn: string;
  epoch: number;
}

/**
 * Where a tenant's data is, from the pool's database: one round trip, no transaction. May be cached for as long as the
 * fence refuses an older epoch, which it always does. Throws NOT_FOUND (`tenant-unknown`).
 */
export async function findPlacement(pool: pg.Pool, tenantId: string): Promise<TenantPlacement> {
  const found = await pool
    .query<Row>({ name: "tenant-locate", text: "select * from app.locate($1)", values: [tenantId] })
    .catch((error: unknown) => Promise.reject(toDomainError(error)));
  const row = found.rows[0];
  if (row === undefined) throw new DomainError("NOT_FOUND", "There is no such workspace here.", { reason: "tenant-unknown" });
  const database = row.database === "pool" ? ("pool" as const) : { name: row.database };
  return {
    tenantId: row.tenant_id,
    state: row.state,
    suspendedAccess: row.suspended_access,
    plan: row.plan,
    placement: {
      region: row.region,
      database,
      bucket: row.bucket,
      objectPrefix: row.object_prefix,
      keyArn: row.key_arn,
      roleArn: row.role_arn,
      epoch: row.epoch,
    },
  };
}
