import type pg from "pg";
import { type Entry, runStatement, runTransaction, type Transaction } from "../transaction.ts";

/** One transaction on a tenant's wrapped data keys. Throws as `withTenant`, without its fence. */
export function withKeyring<T>(pool: pg.Pool, tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return runTransaction(pool, entryOf(tenantId), work);
}

/** As `withKeyring`, for exactly one statement: one round trip. */
export function keyringQuery<T>(pool: pg.Pool, tenantId: string, work: (tx: Transaction) => PromiseLike<T>): Promise<T> {
  return runStatement(pool, entryOf(tenantId), work);
}

function entryOf(tenantId: string): Entry {
  return { name: "keyring-enter", text: "select keyring.enter($1)", values: [tenantId] };
}
