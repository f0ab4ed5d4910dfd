import type pg from "pg";
import { crossTenants } from "../cross-tenants.ts";
import { type Entry, runStatement, runTransaction, type Transaction } from "../transaction.ts";

/** One transaction on a pool's epochs: it enters no tenant, and sees wrapped keys only while the pool turns. Throws as `withTenant`, without its fence. */
export function withPool<T>(keyring: pg.Pool, pool: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return crossTenants("key-epochs", () => runTransaction(keyring, entryOf(pool), work));
}

/** As `withPool`, for exactly one statement: one round trip. */
export function poolQuery<T>(keyring: pg.Pool, pool: string, work: (tx: Transaction) => PromiseLike<T>): Promise<T> {
  return crossTenants("key-epochs", () => runStatement(keyring, entryOf(pool), work));
}

function entryOf(pool: string): Entry {
  return { name: "keyring-enter-pool", text: "select keyring.enter_pool($1)", values: [pool] };
}
