import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { setInterval as ticks } from "node:timers/promises";
import { startInbox } from "./inbox.ts";
import { LocalError } from "./local-error.ts";
import { isAlive, ownRef } from "./processes/process-ref.ts";
import { stopGroup } from "./processes/stop-process.ts";
import { emulatorUrlOf } from "./servers/aws.ts";
import { listOwners, pathsIn, type RunConfig, type RunStatus, readJson, removeOwner, writeJson } from "./supervision/files.ts";
import { serversOf } from "./supervision/stop-orphans.ts";
import { SupervisedServer } from "./supervision/supervised-server.ts";
import { startTemporalUi } from "./temporal-ui.ts";

// Runs the embedded servers apart from whoever needs them: `node supervisor.ts <data folder>`. It ends them in order when
// it is told to (SIGTERM), and when the last owner is gone, however that one died.
const dataDir = process.argv[2] ?? "";
const paths = pathsIn(dataDir);
const config = readJson<RunConfig>(paths.config);
if (config === undefined) throw new Error(`No configuration in ${paths.config}.`);

const status: RunStatus = { supervisor: ownRef(), instance: randomUUID(), phase: "starting", servers: {}, restarts: 0 };
const publish = () => existsSync(paths.run) && writeJson(paths.status, status);

const servers = serversOf(config).map(
  (spec) =>
    new SupervisedServer(spec, dataDir, {
      onProcess: (ref) => {
        status.servers[spec.name] = ref;
        publish();
      },
      onRestart: () => {
        status.restarts += 1;
        publish();
      },
      onGiveUp: (error) => void shutDown(error),
      onComeBack: () => spec.name === "aws" && void repair(),
    }),
);
const pages: Server[] = [];
let ending: Promise<void> | undefined;

/** The emulator comes back without what it had not saved: it is made whole again, or everything ends saying what is lost. */
async function repair(): Promise<void> {
  const { repairAws } = await import("./provision/repair-aws.ts");
  await repairAws(config as RunConfig, status.instance, () => ending !== undefined).catch(shutDown);
}

function shutDown(error?: unknown): Promise<void> {
  ending ??= end(error);
  return ending;
}

async function end(error: unknown): Promise<void> {
  const failure =
    error instanceof LocalError ? error : error === undefined ? undefined : new LocalError("SERVER_DIED", String(error), "Run it again.");
  if (failure !== undefined) status.failure = { code: failure.code, message: failure.message, remedy: failure.remedy };
  status.phase = failure === undefined ? "stopping" : "failed";
  publish();
  for (const { owner, app } of listOwners(dataDir)) {
    if (app !== undefined) await stopGroup(app, 15_000);
    removeOwner(dataDir, owner.pid);
  }
  for (const page of pages) {
    page.close();
    page.closeAllConnections();
  }
  for (const server of servers.toReversed()) await server.stop();
  status.servers = {};
  if (failure === undefined) status.phase = "stopped";
  publish();
  process.exit(failure === undefined ? 0 : 1);
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void shutDown());
process.on("uncaughtException", (error) => {
  console.error(error);
  void shutDown(error);
});

publish();
try {
  await Promise.all(servers.map((server) => server.start()));
  const { ports } = config;
  if (config.pages && config.servers.includes("aws")) pages.push(await startInbox(ports.inbox, emulatorUrlOf(config)));
  if (config.pages && config.servers.includes("temporal")) pages.push(await startTemporalUi(ports.temporalUi, ports.temporalUiServer));
  if (ending === undefined) {
    status.phase = "running";
    publish();
  }
} catch (error) {
  await shutDown(error);
}

let owned = listOwners(dataDir).length > 0;
for await (const _ of ticks(300)) {
  if (ending !== undefined) break;
  if (!existsSync(paths.config)) await shutDown();
  const owners = listOwners(dataDir);
  owned ||= owners.length > 0;
  const gone = owners.filter(({ owner }) => !isAlive(owner));
  for (const { owner, app } of gone) {
    if (app !== undefined) await stopGroup(app, 10_000);
    removeOwner(dataDir, owner.pid);
  }
  if (owned && gone.length === owners.length && listOwners(dataDir).length === 0) await shutDown();
}
