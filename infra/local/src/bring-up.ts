import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { cacheHome, type LocalSettings } from "./env.ts";
import { LocalError } from "./local-error.ts";
import { chooseCacheDir, chooseDataDir, isOpenToAll, isRoot } from "./paths.ts";
import { assertPortsFree, type PortName, type Ports } from "./ports.ts";
import { withLock } from "./processes/lock.ts";
import { waitForExit } from "./processes/stop-process.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { provisionAws } from "./provision/aws.ts";
import { checkKeys } from "./provision/check-keys.ts";
import { fingerprintMigrations, provisionDatabases } from "./provision/databases.ts";
import { loadSecrets } from "./provision/secrets.ts";
import { emulatorUrlOf } from "./servers/aws.ts";
import { findPython } from "./servers/find-python.ts";
import { installServers } from "./servers/install-servers.ts";
import { adminUrlOf, assertPostgresData } from "./servers/postgres.ts";
import { readStack, type Stack } from "./stack.ts";
import { type Owner, pathsIn, type RunConfig, readJson, registerOwner, type ServerName, writeJson } from "./supervision/files.ts";
import { findRunning, startSupervisor } from "./supervision/start-supervisor.ts";
import { stopOrphans } from "./supervision/stop-orphans.ts";
import { chooseServers, readForeignAws } from "./targets.ts";

const dataFormat = 1;
const serverPorts: Record<ServerName, PortName[]> = {
  postgres: ["postgres"],
  temporal: ["temporal", "temporalUi", "temporalUiServer"],
  aws: ["aws", "inbox"],
};

export interface BringUpOptions {
  settings: LocalSettings;
  ports: Ports;
  /** Nothing outlives the run; for tests. */
  memory?: boolean;
  /** The Temporal UI and the mail inbox; unless told, where something outlives the run. */
  pages?: boolean;
  /** Whoever needs the servers: they stop when the last owner is gone. Without any, they run until they are stopped. */
  owner?: Owner;
  progress?: Progress;
}

/**
 * Starts what does not run, provisions it, and says where everything is. A second call finds the first one's servers.
 * @throws {LocalError}
 */
export async function bringUp(options: BringUpOptions): Promise<Stack> {
  const dataDir = prepareDataDir(chooseDataDir(options.settings.LEASEHOLD_DATA_DIR));
  const progress = options.progress ?? silentProgress;
  const onWait = () => console.error("Another start of the same data folder is under way; waiting for it.");
  return withLock(pathsIn(dataDir).lock, () => bringUpLocked(dataDir, options, progress), { onWait });
}

async function bringUpLocked(dataDir: string, options: BringUpOptions, progress: Progress): Promise<Stack> {
  const { owner } = options;
  const running = findRunning(dataDir);
  if (running?.phase === "running") {
    if (owner !== undefined) registerOwner(dataDir, owner);
    const known = readStack(dataDir);
    if (known?.instance === running.instance && known.migrations === (await fingerprintMigrations())) return known;
    return provision(dataDir, readJson<RunConfig>(pathsIn(dataDir).config) as RunConfig, running.instance, options, progress);
  }
  if (running !== undefined)
    await progress.step("Waiting for the servers of the last run to stop", () => waitForExit(running.supervisor, 90_000));
  await stopOrphans(dataDir);
  assertFormat(dataDir);
  assertPostgresData(dataDir);
  const config = await createConfig(dataDir, options, progress);
  const { instance } = await progress.step(`Starting ${config.servers.join(", ") || "nothing: all servers are elsewhere"}`, () =>
    startSupervisor(config, owner),
  );
  return provision(dataDir, config, instance, options, progress);
}

async function createConfig(
  dataDir: string,
  { settings, ports, memory = false, pages = !memory }: BringUpOptions,
  progress: Progress,
): Promise<RunConfig> {
  const servers = chooseServers(settings);
  await assertPortsFree(
    ports,
    servers.flatMap((name) => serverPorts[name]),
  );
  const cacheDir = chooseCacheDir(settings.LEASEHOLD_CACHE_DIR, cacheHome());
  const programs =
    servers.length === 0
      ? { python: "", packages: "", postgresBin: "", temporal: "" }
      : await progress.step("Embedded servers", (detail) => installServers(cacheDir, findPython(settings.LEASEHOLD_PYTHON), detail));
  return {
    dataDir,
    ports,
    servers,
    memory,
    pages,
    namespace: settings.TEMPORAL_NAMESPACE,
    region: settings.AWS_REGION ?? settings.LEASEHOLD_REGION,
    programs,
  };
}

async function provision(
  dataDir: string,
  config: RunConfig,
  instance: string,
  options: BringUpOptions,
  progress: Progress,
): Promise<Stack> {
  const { settings } = options;
  const secrets = await loadSecrets(dataDir);
  const embedded = config.servers.includes("aws");
  const [database, aws] = await Promise.all([
    progress.step("Roles, databases and migrations", () => provisionDatabases(settings.DATABASE_URL ?? adminUrlOf(config), secrets)),
    embedded
      ? progress.step("Bucket, users and role", () => provisionAws(dataDir, emulatorUrlOf(config), config.region, settings.MAIL_FROM))
      : readForeignAws(settings),
  ]);
  const { ports } = config;
  const stack: Stack = {
    instance,
    migrations: await fingerprintMigrations(),
    dataDir,
    ports,
    region: settings.LEASEHOLD_REGION,
    logLevel: settings.LOG_LEVEL,
    temporal: {
      address: settings.TEMPORAL_ADDRESS ?? `127.0.0.1:${ports.temporal}`,
      namespace: settings.TEMPORAL_NAMESPACE,
      uiUrl: settings.TEMPORAL_UI_URL ?? `http://localhost:${ports.temporalUi}`,
      taskQueue: "control",
      apiKey: settings.TEMPORAL_API_KEY,
      tls: settings.TEMPORAL_TLS,
    },
    database,
    aws,
    mail: { from: settings.MAIL_FROM, ...(embedded ? { inboxUrl: `http://localhost:${ports.inbox}` } : {}) },
    poolCapacity: 10_000,
    secrets,
  };
  if (embedded) await checkKeys(stack);
  writeJson(pathsIn(dataDir).state, stack);
  return stack;
}

function prepareDataDir(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, isRoot ? 0o711 : 0o700);
  if (!isRoot || isOpenToAll(dataDir)) return dataDir;
  throw new LocalError(
    "SETTING_INVALID",
    `PostgreSQL's unprivileged user cannot reach ${dataDir}.`,
    "Set LEASEHOLD_DATA_DIR to a folder whose parents anyone may enter, such as /var/lib/leasehold.",
  );
}

function assertFormat(dataDir: string): void {
  const path = pathsIn(dataDir).format;
  if (!existsSync(path)) writeJson(path, { format: dataFormat });
  const found = readJson<{ format: number }>(path)?.format;
  if (found === dataFormat) return;
  throw new LocalError(
    "DATA_VERSION",
    `The data in ${dataDir} has format ${found}; this version reads format ${dataFormat}.`,
    "Use the version that wrote it, start over with `pnpm reset`, or set LEASEHOLD_DATA_DIR to another folder.",
  );
}
