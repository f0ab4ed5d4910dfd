import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { inheritedEnv } from "../env.ts";
import { LocalError } from "../local-error.ts";
import { isRoot } from "../paths.ts";
import { commandOf } from "../processes/process-ref.ts";
import type { RunConfig } from "../supervision/files.ts";
import type { ServerSpec } from "./server-spec.ts";

const major = "18";

/** The administrator's password; written once, beside the data and as private as it. */
export function adminPasswordIn(dataDir: string): string {
  const path = join(dataDir, "postgres-admin-password");
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFileSync(path, "utf8");
}

export function adminUrlOf(config: Pick<RunConfig, "dataDir" | "ports">): string {
  return `postgresql://postgres:${adminPasswordIn(config.dataDir)}@127.0.0.1:${config.ports.postgres}/postgres`;
}

/** @throws {LocalError} DATA_VERSION when the data folder is another major version's. */
export function assertPostgresData(dataDir: string): void {
  const path = join(dataDir, "postgres/PG_VERSION");
  if (!existsSync(path)) return;
  const found = readFileSync(path, "utf8").trim();
  if (found === major) return;
  throw new LocalError(
    "DATA_VERSION",
    `The data in ${dataDir} is PostgreSQL ${found}'s; the embedded server is ${major}.`,
    "Start over with `pnpm reset`, or set LEASEHOLD_DATA_DIR to another folder.",
  );
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody` where there is no such user. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (!isRoot) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {}
  }
  throw new LocalError(
    "SETTING_INVALID",
    "PostgreSQL cannot run as root, and there is no user `postgres` or `nobody`.",
    "Run the command as a normal user.",
  );
}

export function postgresServer(config: RunConfig): ServerSpec {
  const data = join(config.dataDir, "postgres");
  const user = unprivilegedUser();
  const env = { ...inheritedEnv(), LC_ALL: "C", TZ: "UTC" };
  const durable = config.memory ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {};
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "400",
    shared_buffers: "128MB",
    timezone: "UTC",
    log_min_messages: "warning",
    log_min_error_statement: "panic",
    ...durable,
  };
  return {
    name: "postgres",
    command: join(config.programs.postgresBin, "postgres"),
    args: [
      "-D",
      data,
      "-p",
      String(config.ports.postgres),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    env,
    cwd: config.programs.packages,
    ...user,
    mark: data,
    stopSignal: "SIGINT",
    stopTimeoutMs: 30_000,
    isReady: () => answers(adminUrlOf(config)),
    async prepare() {
      const pidFile = join(data, "postmaster.pid");
      if (existsSync(pidFile) && !commandOf(Number.parseInt(readFileSync(pidFile, "utf8"), 10)).includes(data))
        rmSync(pidFile, { force: true });
      if (existsSync(data)) return;
      const draft = `${data}.unfinished`;
      const passwordFile = `${data}.password`;
      rmSync(draft, { recursive: true, force: true });
      mkdirSync(draft, { mode: 0o700 });
      writeFileSync(passwordFile, adminPasswordIn(config.dataDir), { mode: 0o600 });
      if (user !== undefined) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid);
      const args = [
        "-D",
        draft,
        "-U",
        "postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--locale-provider=builtin",
        "--auth=scram-sha-256",
        `--pwfile=${passwordFile}`,
      ];
      execFileSync(join(config.programs.postgresBin, "initdb"), [...args, "--no-sync"], {
        env,
        cwd: config.programs.packages,
        stdio: ["ignore", "ignore", "inherit"],
        ...user,
      });
      rmSync(passwordFile);
      chmodSync(draft, 0o700);
      renameSync(draft, data);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
