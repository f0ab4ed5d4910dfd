/** The error table of the whole product: one code, one meaning, one HTTP status. */
export const errorTable = {
  NOT_FOUND: { http: 404, trpc: "NOT_FOUND" },
  CONFLICT: { http: 409, trpc: "CONFLICT" },
  PRECONDITION_FAILED: { http: 412, trpc: "PRECONDITION_FAILED" },
  FORBIDDEN: { http: 403, trpc: "FORBIDDEN" },
  UNAUTHENTICATED: { http: 401, trpc: "UNAUTHORIZED" },
  LIMIT_EXCEEDED: { http: 429, trpc: "TOO_MANY_REQUESTS" },
  UNAVAILABLE: { http: 503, trpc: "SERVICE_UNAVAILABLE" },
  VALIDATION: { http: 400, trpc: "BAD_REQUEST" },
} as const;

export type DomainErrorCode = keyof typeof errorTable;

export interface DomainErrorDetails {
  /** The input field at fault, as the caller named it. */
  field?: string;
  /** A stable machine-readable reason, finer than the code: `slug-taken`, `tenant-suspended`. */
  reason?: string;
  /** When a retry can succeed, in seconds. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * An error that the caller can act on. Its message is shown to people: it names the field and the remedy, and never
 * holds a secret, a token or personal data.
 */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: DomainErrorCode;
  readonly field: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: DomainErrorCode, message: string, details: DomainErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.field = details.field;
    this.reason = details.reason;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Recognises a DomainError also when it crossed a bundle boundary, where `instanceof` fails. */
export function isDomainError(error: unknown): error is DomainError {
  return error instanceof Error && error.name === "DomainError" && "code" in error && String(error.code) in errorTable;
}
