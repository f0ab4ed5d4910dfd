import type { TenantId } from "@leasehold/domain/ids";
import type { KeyClosure } from "@leasehold/domain/keys/custody";
import type pg from "pg";
import { crossTenants } from "../../cross-tenants.ts";
import { toDomainError } from "../../errors.ts";

export interface WatchedKey {
  tenantId: TenantId;
  keyArn: string;
  closedBy: KeyClosure | null;
}

/** Tenants under keys of their own, of all tenants, a page by id: what the worker's watch goes through. */
export async function listWatchedKeys(pool: pg.Pool, { after, limit }: { after: string; limit: number }): Promise<WatchedKey[]> {
  try {
    const watched = {
      name: "watched-keys",
      text: `select tenant_id as "tenantId", key_arn as "keyArn", closed_by as "closedBy" from control.tenant_keys
        where custody = 'customer' and tenant_id > $1 order by tenant_id limit $2`,
      values: [after, limit],
    };
    const { rows } = await crossTenants("key-watch", () => pool.query<WatchedKey>(watched));
    return rows;
  } catch (error) {
    throw toDomainError(error);
  }
}
