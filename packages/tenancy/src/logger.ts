import type { TenantContext } from "@leasehold/domain/context";
import { type DestinationStream, type LogFn, type Logger, pino } from "pino";
import { currentScope, scopeFields, scopeOf } from "./telemetry/scope.ts";

export type { Logger };

/** Names under which secrets and content travel; whatever is logged under one of them is cut out, down to the third level. */
const secretNames = [
  "authorization",
  "cookie",
  "password",
  "token",
  "secret",
  "capability",
  "email",
  "body",
  "plaintext",
  "secretAccessKey",
  "sessionToken",
  "SecretAccessKey",
  "SessionToken",
  "d",
];
const paths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * The process's logger: JSON lines to standard output, or to `destination` in tests. Every line says for which tenant, in which request, by
 * whom and what: from the line itself, its logger, or the running request; null where there is none, as when a process starts.
 */
export function createLogger(options: { name: string; level: string; destination?: DestinationStream }): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    redact: { paths, censor: "[redacted]" },
    serializers: { err: describeError },
    hooks: { logMethod: nameFailure },
    mixin: (_line: object, _level: number, logger: Logger) => missingFields(logger),
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** A logger whose every line carries the tenant, the request, the actor and the operation. */
export function contextLogger(logger: Logger, context: TenantContext, operation: string): Logger {
  return logger.child({ ...scopeOf(context), operation });
}

const bound = new WeakMap<Logger, ReadonlySet<string>>();

/** What the logger itself does not say on each of its lines. */
function missingFields(logger: Logger): Record<string, string | null> {
  let said = bound.get(logger);
  if (said === undefined) {
    said = new Set(Object.keys(logger.bindings()));
    bound.set(logger, said);
  }
  const scope = currentScope();
  const fields: Record<string, string | null> = {};
  for (const field of scopeFields) if (!said.has(field)) fields[field] = scope[field];
  return fields;
}

/** Without a message of ours pino takes the error's own, past the serializer. */
function nameFailure(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, second] = args as unknown[];
  const hasError = typeof first === "object" && first !== null && "err" in first;
  if (first instanceof Error) method.call(this, { err: first }, typeof second === "string" ? second : "failed");
  else if (hasError && second === undefined) method.call(this, first, "failed");
  else method.apply(this, args);
}

/** What a log line says of an error: never its own properties, which on driver and SDK errors can hold values of a row. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const reason = "reason" in error && typeof error.reason === "string" ? error.reason : undefined;
  const cause = error.cause === undefined ? undefined : describeError(error.cause);
  return { type: error.name, message: messageOf(error), code, reason, stack: framesOf(error), cause };
}

/** Postgres repeats values of a row in some messages (Drizzle repeats every parameter): those are named by code alone. */
function messageOf(error: Error): string {
  if ("severity" in error && "routine" in error) return "database error";
  if (error.message.startsWith("Failed query:")) return "database query failed";
  return error.message;
}

function framesOf(error: Error): string[] {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => line.startsWith("    at "))
    .slice(0, 12)
    .map((line) => line.trim());
}
