import type pg from "pg";
import { runTransaction } from "../transaction.ts";
import type { TenantTransaction } from "./with-tenant.ts";

/**
 * The worker's transaction on one tenant's rows, whatever its home row says, also before there is one. A change of the
 * home row waits for the tenant's running transactions. Refused (FORBIDDEN) to every other role.
 */
export function withAdministration<T>(pool: pg.Pool, tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
  return runTransaction(pool, { name: "tenant-administer", text: "select app.administer($1)", values: [tenantId] }, work);
}
