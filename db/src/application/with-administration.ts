import type pg from "pg";
import { type Entry, runStatement, runTransaction } from "../transaction.ts";
import type { TenantTransaction } from "./with-tenant.ts";

/**
 * The worker's transaction on one tenant's rows, whatever its home row says, also before there is one. A change of the
 * home row waits for the tenant's running transactions. Refused (FORBIDDEN) to every other role.
 */
export function withAdministration<T>(pool: pg.Pool, tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
  return runTransaction(pool, entryOf(tenantId), work);
}

/** As `withAdministration`, for exactly one statement: one round trip. */
export function administrationQuery<T>(pool: pg.Pool, tenantId: string, work: (tx: TenantTransaction) => PromiseLike<T>): Promise<T> {
  return runStatement(pool, entryOf(tenantId), work);
}

function entryOf(tenantId: string): Entry {
  return { name: "tenant-administer", text: "select app.administer($1)", values: [tenantId] };
}
