import type { Pool } from "pg";
import { type CrossTenantPath, crossTenants } from "../../cross-tenants.ts";
import { type ControlTransaction, withControl } from "../with-control.ts";

/** Opens a transaction that names no tenant, by a path that the register allows. What the role may then see and change, its policies say. */
export function acrossTenants<T>(pool: Pool, path: CrossTenantPath, run: (tx: ControlTransaction) => Promise<T>): Promise<T> {
  return crossTenants(path, () => withControl(pool, {}, run));
}
