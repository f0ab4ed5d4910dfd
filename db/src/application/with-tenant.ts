import type pg from "pg";
import { type Entry, runStatement, runTransaction, type Transaction } from "../transaction.ts";

export type TenantTransaction = Transaction;

export interface TenantScope {
  tenantId: string;
  /** Of the placement that the caller knows: refused when the tenant has moved since. */
  epoch: number;
  /** `read` is let in while the tenant is frozen, and is refused every change. `write` unless told. */
  access?: "read" | "write";
}

/**
 * One transaction of a tenant in its application database: two round trips for a callback that sends one batch. `work` is
 * database work only, because it runs again when the tenant's fence is taken or a concurrent change wins.
 * Throws UNAVAILABLE (`tenant-read-only`, `tenant-moved`, `tenant-busy`), PRECONDITION_FAILED (`tenant-closed`),
 * NOT_FOUND (`tenant-unknown`), and what else db/README.md names.
 */
export function withTenant<T>(pool: pg.Pool, scope: TenantScope, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
  return runTransaction(pool, entryOf(scope), work);
}

/** As `withTenant`, for exactly one statement: one round trip. */
export function tenantQuery<T>(pool: pg.Pool, scope: TenantScope, work: (tx: TenantTransaction) => PromiseLike<T>): Promise<T> {
  return runStatement(pool, entryOf(scope), work);
}

function entryOf(scope: TenantScope): Entry {
  return { name: "tenant-enter", text: "select app.enter($1, $2, $3)", values: [scope.tenantId, scope.epoch, scope.access !== "read"] };
}
