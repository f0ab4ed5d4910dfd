export type LocalErrorCode =
  | "PYTHON_MISSING"
  | "PYTHON_TOO_OLD"
  | "PIP_MISSING"
  | "NODE_TOO_OLD"
  | "DOWNLOAD_FAILED"
  | "PORT_TAKEN"
  | "SERVER_DIED"
  | "DATA_VERSION"
  | "KEY_LOST"
  | "SETTING_INVALID"
  | "BUSY";

/** What stops the local stack, said so that the reader can act: what happened, then what to do about it. */
export class LocalError extends Error {
  override readonly name = "LocalError";
  readonly code: LocalErrorCode;
  readonly remedy: string;

  constructor(code: LocalErrorCode, message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Prints an error with its remedy to stderr; any other error with its stack. */
export function printError(error: unknown): void {
  if (error instanceof LocalError) console.error(`\n✗ ${error.code}: ${error.message}\n  What to do: ${error.remedy}\n`);
  else console.error(error);
}
