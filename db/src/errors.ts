import { DomainError, type DomainErrorCode, isDomainError } from "@leasehold/domain/errors";
import { suspendedMessage } from "@leasehold/domain/suspension/kinds";
import pg from "pg";

interface Meaning {
  code: DomainErrorCode;
  reason: string;
  message: string;
  retryAfterSeconds?: number;
}

/** SQLSTATE to meaning. LH… are raised by our own triggers and fences (db/README.md). */
const meanings: Record<string, Meaning> = {
  LH001: { code: "PRECONDITION_FAILED", reason: "illegal-transition", message: "Its state does not allow this." },
  LH002: { code: "PRECONDITION_FAILED", reason: "not-whole", message: "A step has not succeeded yet." },
  LH003: { code: "CONFLICT", reason: "operation-open", message: "Another operation on this tenant is still open." },
  LH004: {
    code: "PRECONDITION_FAILED",
    reason: "last-owner",
    message: "A workspace keeps at least one owner. Make someone else owner first.",
  },
  LH005: { code: "PRECONDITION_FAILED", reason: "operation-not-running", message: "The operation is not at this point any more." },
  LH006: { code: "LIMIT_EXCEEDED", reason: "pool-full", message: "The shared pool is full. Add capacity, then retry this step." },
  LH007: { code: "PRECONDITION_FAILED", reason: "not-held", message: "The tenant is not this operation's to change." },
  LH010: {
    code: "UNAVAILABLE",
    reason: "tenant-read-only",
    message: "The workspace is read-only for a moment. Try again soon.",
    retryAfterSeconds: 5,
  },
  LH011: { code: "UNAVAILABLE", reason: "tenant-moved", message: "The workspace has moved. Try again.", retryAfterSeconds: 1 },
  LH012: { code: "NOT_FOUND", reason: "tenant-unknown", message: "There is no such workspace here." },
  LH013: {
    code: "UNAVAILABLE",
    reason: "tenant-busy",
    message: "The workspace is being changed. Try again in a moment.",
    retryAfterSeconds: 1,
  },
  LH014: {
    code: "PRECONDITION_FAILED",
    reason: "past-no-return",
    message: "It is too late: the hold has ended and the keys are being destroyed.",
  },
  LH015: {
    code: "PRECONDITION_FAILED",
    reason: "both-sides",
    message: "The hold ends earlier only when an owner and an operator both want the same end.",
  },
  LH016: { code: "PRECONDITION_FAILED", reason: "legal-hold", message: "The tenant is under a legal hold." },
  LH017: {
    code: "PRECONDITION_FAILED",
    reason: "tenant-closing",
    message: "The workspace is being closed: it can be read and exported, not changed. An owner can cancel the closing.",
  },
  LH018: {
    code: "PRECONDITION_FAILED",
    reason: "second-operator",
    message: "Another operator than the one who asked has to approve this.",
  },
  LH020: {
    code: "UNAVAILABLE",
    reason: "key-version-retired",
    message: "The workspace's encryption key was renewed meanwhile. Try again.",
    retryAfterSeconds: 1,
  },
  LH021: {
    code: "UNAVAILABLE",
    reason: "epoch-turned",
    message: "The pool's epoch was turned meanwhile. Try again.",
    retryAfterSeconds: 1,
  },
  LH022: { code: "PRECONDITION_FAILED", reason: "epoch-in-use", message: "Keys are left under the epoch." },
  LH023: { code: "CONFLICT", reason: "version-lost", message: "This version of the key is lost. Try again for another one." },
  LH030: { code: "PRECONDITION_FAILED", reason: "certificate-mismatch", message: "The certificate does not say what its row says." },
  LH031: {
    code: "UNAVAILABLE",
    reason: "certificate-chain-moved",
    message: "Another certificate was issued meanwhile. Try again.",
    retryAfterSeconds: 1,
  },
  LH032: { code: "FORBIDDEN", reason: "operator-role", message: "Your role does not allow this. An admin can give you one that does." },
  LH033: {
    code: "PRECONDITION_FAILED",
    reason: "last-admin",
    message: "The console keeps at least one admin. Make someone else admin first.",
  },
  "23505": { code: "CONFLICT", reason: "already-exists", message: "It exists already." },
  "23503": {
    code: "PRECONDITION_FAILED",
    reason: "reference",
    message: "Something it refers to is missing, or something still refers to it.",
  },
  "23502": { code: "VALIDATION", reason: "missing-value", message: "A required value is missing." },
  "23514": { code: "VALIDATION", reason: "constraint", message: "A value is outside of what is allowed." },
  "22007": { code: "VALIDATION", reason: "time-malformed", message: "A time is not written as one." },
  "22008": { code: "VALIDATION", reason: "time-out-of-range", message: "A time is outside of what can be kept." },
  "22009": { code: "VALIDATION", reason: "time-out-of-range", message: "A time is outside of what can be kept." },
  "42501": { code: "FORBIDDEN", reason: "database-refused", message: "This is not allowed." },
  "40001": {
    code: "UNAVAILABLE",
    reason: "serialization",
    message: "A concurrent change got in the way. Try again.",
    retryAfterSeconds: 1,
  },
  "40P01": { code: "UNAVAILABLE", reason: "deadlock", message: "A concurrent change got in the way. Try again.", retryAfterSeconds: 1 },
  "55P03": {
    code: "UNAVAILABLE",
    reason: "lock-timeout",
    message: "It is being changed by someone else. Try again.",
    retryAfterSeconds: 1,
  },
  "57014": { code: "UNAVAILABLE", reason: "statement-timeout", message: "This took too long. Try again.", retryAfterSeconds: 5 },
};
const closing = meanings.LH017 as Meaning;
const away: Meaning = {
  code: "UNAVAILABLE",
  reason: "database-away",
  message: "The database cannot be reached. Try again soon.",
  retryAfterSeconds: 5,
};
const connectionStates = /^(08|53|57P0|25P03)/;
const connectionErrors = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)/;
const connectionMessages = /Connection terminated|timeout exceeded when trying to connect|timeout expired|not queryable|Query read timeout/;
const retryable = new Set(["LH013", "40001", "40P01"]);

/**
 * What is left of an error of the database that nobody expected: SQLSTATE and names of the schema, never a value, a
 * parameter or a statement.
 */
export class DatabaseFault extends Error {
  override readonly name = "DatabaseFault";
  readonly sqlState: string | undefined;

  constructor(error: pg.DatabaseError) {
    const where = [error.schema, error.table, error.column, constraintOf(error)].filter(Boolean).join(".");
    // Class 42 tells of names in the statement and LH of ids; other classes may quote values.
    const said = /^(42|LH)/.test(error.code ?? "") ? `: ${error.message}` : "";
    super(`database error ${error.code ?? "unknown"}${where === "" ? "" : ` at ${where}`}${said}`);
    this.sqlState = error.code;
  }
}

/** The error of the driver inside of what drizzle wraps around it with the statement and its parameters. */
export function unwrapDatabaseError(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined && "query" in error && "params" in error
    ? unwrapDatabaseError(error.cause)
    : error;
}

/** SQLSTATE of an error of the database, or undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  const inner = unwrapDatabaseError(error);
  return inner instanceof pg.DatabaseError ? inner.code : undefined;
}

/** True when the same transaction may succeed if it is run again from its beginning. */
export function isRetryable(error: unknown): boolean {
  return retryable.has(sqlStateOf(error) ?? "") || isStalePlan(error);
}

/** True when a statement was prepared before a migration changed what it answers with: it holds again on another connection. */
export function isStalePlan(error: unknown): boolean {
  const inner = unwrapDatabaseError(error);
  return inner instanceof pg.DatabaseError && inner.code === "0A000" && inner.routine === "RevalidateCachedQuery";
}

/**
 * What callers see of a failed transaction: a DomainError where the code has a meaning (`reason` is the name of the
 * constraint for broken constraints), a DatabaseFault for the rest, everything else as it was thrown.
 */
export function toDomainError(error: unknown): unknown {
  if (isDomainError(error)) return error;
  const inner = unwrapDatabaseError(error);
  if (inner instanceof pg.DatabaseError) {
    const fault = new DatabaseFault(inner);
    const meaning = meanings[inner.code ?? ""] ?? (connectionStates.test(inner.code ?? "") ? away : undefined);
    if (meaning === undefined) return fault;
    if (inner.code === "LH010" && inner.detail === "closing")
      return new DomainError(closing.code, closing.message, { ...closing, cause: fault });
    if (inner.code === "LH010" && (inner.detail === "suspended" || inner.detail === "shut"))
      return new DomainError("PRECONDITION_FAILED", suspendedMessage, { reason: "tenant-suspended", cause: fault });
    if (inner.code === "LH010" && inner.detail === "closed")
      return new DomainError("PRECONDITION_FAILED", "The workspace is closed.", { reason: "tenant-closed", cause: fault });
    const reason = inner.code?.startsWith("23") ? (constraintOf(inner) ?? meaning.reason) : meaning.reason;
    return new DomainError(meaning.code, meaning.message, { ...meaning, reason, cause: fault });
  }
  if (inner instanceof Error && (connectionMessages.test(inner.message) || ("code" in inner && connectionErrors.test(String(inner.code)))))
    return new DomainError(away.code, away.message, {
      ...away,
      cause: new Error(`connection lost: ${"code" in inner ? String(inner.code) : inner.message}`),
    });
  return inner;
}

/** A partition's constraint by the name that its parent's has. */
function constraintOf(error: pg.DatabaseError): string | undefined {
  return error.constraint?.replace(/_p\d\d_/, "_");
}
