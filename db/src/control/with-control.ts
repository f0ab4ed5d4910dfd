import type pg from "pg";
import { type Entry, runStatement, runTransaction, type Transaction } from "../transaction.ts";

export type ControlTransaction = Transaction;

/** Who asks. What is left out is none: without a tenant no tenant's rows are seen, apart from a person's own memberships. */
export interface ControlScope {
  tenantId?: string;
  userId?: string;
  /** SHA-256, hex, of the capability that was presented. */
  capabilityHash?: string;
}

/**
 * One transaction of the control plane under row-level security. `work` is database work only, and may run more than once.
 * Throws DomainError (table in db/README.md), or DatabaseFault for what nobody expected.
 */
export function withControl<T>(pool: pg.Pool, scope: ControlScope, work: (tx: ControlTransaction) => Promise<T>): Promise<T> {
  return runTransaction(pool, entryOf(scope), work);
}

/** As `withControl`, for exactly one statement: one round trip. */
export function controlQuery<T>(pool: pg.Pool, scope: ControlScope, work: (tx: ControlTransaction) => PromiseLike<T>): Promise<T> {
  return runStatement(pool, entryOf(scope), work);
}

function entryOf(scope: ControlScope): Entry {
  return {
    name: "control-enter",
    text: "select control.enter($1, $2, $3)",
    values: [scope.tenantId ?? "", scope.userId ?? "", scope.capabilityHash ?? ""],
  };
}
