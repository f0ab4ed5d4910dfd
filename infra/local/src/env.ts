import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LocalError } from "./local-error.ts";
import { repositoryRoot } from "./paths.ts";
import type { ProcessRef } from "./processes/process-ref.ts";

const port = z.coerce.number().int().min(1).max(65_535).optional();
const text = z.string().min(1).optional();

/** The settings of the local stack. Each process that it starts is given its own settings, made from these. */
export const localSettings = z.object({
  LEASEHOLD_DATA_DIR: text.describe("Folder for all local data; default .leasehold in the checkout"),
  LEASEHOLD_CACHE_DIR: text.describe("Folder for the downloaded servers, shared by clones"),
  LEASEHOLD_PYTHON: text.describe("Python 3.10 or newer, with pip; default python3"),
  LEASEHOLD_PORT_OFFSET: z.coerce.number().int().min(0).max(50_000).default(0).describe("Added to every default port"),
  LEASEHOLD_PORTAL_PORT: port.describe("Default 3000"),
  LEASEHOLD_CONSOLE_PORT: port.describe("Default 3001"),
  LEASEHOLD_APPLICATION_PORT: port.describe("Default 4000"),
  LEASEHOLD_WORKER_HEALTH_PORT: port.describe("Default 4001"),
  LEASEHOLD_POSTGRES_PORT: port.describe("Default 5462"),
  LEASEHOLD_TEMPORAL_PORT: port.describe("Default 7233"),
  LEASEHOLD_TEMPORAL_UI_PORT: port.describe("Default 8233"),
  LEASEHOLD_TEMPORAL_UI_SERVER_PORT: port.describe("Default 8234"),
  LEASEHOLD_AWS_PORT: port.describe("Default 4566"),
  LEASEHOLD_INBOX_PORT: port.describe("Default 8025"),
  LEASEHOLD_REGION: z.string().min(1).default("eu-central-1").describe("Region that new tenants are placed in"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error"]).default("info").describe("Of every process"),
  TEMPORAL_ADDRESS: text.describe("host:port of a Temporal to use instead of the embedded one"),
  TEMPORAL_NAMESPACE: z.string().min(1).default("default").describe("Its namespace"),
  TEMPORAL_API_KEY: text.describe("Its API key (Temporal Cloud)"),
  TEMPORAL_TLS: z.enum(["true", "false"]).optional().describe("Whether to speak TLS to it"),
  TEMPORAL_UI_URL: text.describe("Address of its UI, for the console's links"),
  DATABASE_URL: text.describe("Administrator's URL of a Postgres 18 to use instead of the embedded one"),
  AWS_ENDPOINT_URL: text.describe("An AWS-compatible endpoint to use instead of the embedded emulator"),
  AWS_REGION: text.describe("Default: LEASEHOLD_REGION"),
  AWS_ACCESS_KEY_ID: text.describe("With POOL_BUCKET and TENANT_ROLE_ARN: use AWS itself with these credentials"),
  AWS_SECRET_ACCESS_KEY: text.describe("See AWS_ACCESS_KEY_ID"),
  POOL_BUCKET: text.describe("Versioned bucket for the objects of pooled tenants, when AWS is not the embedded one"),
  TENANT_ROLE_ARN: text.describe("Role that tenants' credentials are vended from, when AWS is not the embedded one"),
  STACK_ROLE_ARN: text.describe("Role that CloudFormation makes tenants' stacks as, when AWS is not the embedded one"),
  APPLICATION_AWS_ACCESS_KEY_ID: text.describe("User that may only assume the tenant role; default AWS_ACCESS_KEY_ID"),
  APPLICATION_AWS_SECRET_ACCESS_KEY: text.describe("See APPLICATION_AWS_ACCESS_KEY_ID"),
  MAIL_FROM: z.string().min(3).default("no-reply@leasehold.example").describe("Verified sender of the product's mails"),
});

const quiet = { TURBO_TELEMETRY_DISABLED: "1", NEXT_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };

/** What Node has compiled, types stripped, is kept for the next process: a worker starts in three quarters of the time. */
const compiled = () => ({ NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(repositoryRoot, "node_modules/.cache/node") });

export type LocalSettings = z.infer<typeof localSettings>;

/**
 * Reads the settings of the local stack from the environment, after `.env` in the checkout.
 * @throws {LocalError} SETTING_INVALID, naming the setting.
 */
export function readSettings(env: Record<string, string | undefined> = process.env): LocalSettings {
  if (env === process.env && existsSync(`${repositoryRoot}/.env`)) process.loadEnvFile(`${repositoryRoot}/.env`);
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = localSettings.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? "");
  throw new LocalError(
    "SETTING_INVALID",
    `${name} is not valid: ${issue?.message}`,
    `Correct ${name} in the environment or in .env; .env.example explains it.`,
  );
}

/** Where the system keeps a person's caches, if it says so. */
export function cacheHome(): string | undefined {
  return process.env.XDG_CACHE_HOME || undefined;
}

/**
 * For turbo, whose tasks read the settings of the local stack themselves: all of our environment. `coming`: see `serversAreComing`;
 * `startedBy`: see `findStarter`.
 */
export function wholeEnv({ coming = false, startedBy }: { coming?: boolean; startedBy?: ProcessRef } = {}): NodeJS.ProcessEnv {
  const own = { LEASEHOLD_SERVERS_COMING: coming ? "1" : "", LEASEHOLD_STARTED_BY: startedBy ? JSON.stringify(startedBy) : "" };
  return { ...process.env, ...quiet, ...compiled(), ...own };
}

/** Whether whoever started this turbo brings the servers up meanwhile: its tasks need not, and wait for them where they need them. */
export function serversAreComing(): boolean {
  return process.env.LEASEHOLD_SERVERS_COMING === "1";
}

/** Whoever started this turbo and ends it, when that was `pnpm dev`. */
export function findStarter(): ProcessRef | undefined {
  const given = process.env.LEASEHOLD_STARTED_BY;
  return given === undefined || given === "" ? undefined : (JSON.parse(given) as ProcessRef);
}

/** What every child process may keep of our environment, beside its own settings. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  const kept =
    /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TERM|COLORTERM|TMPDIR|TZ|CI|FORCE_COLOR|NO_COLOR|NODE_.*|XDG_.*|.*_proxy|.*_PROXY|SSL_CERT_.*|PIP_.*)$/;
  const env = Object.entries(process.env).filter((entry): entry is [string, string] => kept.test(entry[0]) && entry[1] !== undefined);
  return {
    ...Object.fromEntries(env),
    ...quiet,
    ...compiled(),
  } as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;
}
