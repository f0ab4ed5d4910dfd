import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bringUp } from "./bring-up.ts";
import { portsFrom } from "./choose-ports.ts";
import { readSettings, wholeEnv } from "./env.ts";
import { LocalError, printError } from "./local-error.ts";
import { repositoryRoot } from "./paths.ts";
import { appPorts, assertPortsFree } from "./ports.ts";
import { printReady } from "./print-ready.ts";
import { ownRef, type ProcessRef, refOf } from "./processes/process-ref.ts";
import { stopGroup, waitForExit } from "./processes/stop-process.ts";
import { createProgress } from "./progress.ts";
import { seedOperators } from "./provision/seed-operators.ts";
import type { Stack } from "./stack.ts";
import { listOwners, pathsIn, type RunStatus, readJson, registerOwner, removeOwner } from "./supervision/files.ts";
import { findRunning } from "./supervision/start-supervisor.ts";
import { waitForApps } from "./wait-for-apps.ts";

// `pnpm dev`: the embedded servers, then every app under turbo, then one block that says where everything is.
const began = Date.now() - performance.now();
const ending = new AbortController();
let stack: Stack | undefined;
let turbo: ProcessRef | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (ending.signal.aborted) console.error("Still stopping: state is being saved.");
    ending.abort();
  });
}
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

async function run(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < 24) {
    throw new LocalError(
      "NODE_TOO_OLD",
      `This is Node ${process.versions.node}; 24 is needed.`,
      "Run it as `npx pnpm@12 dev`: the project brings its own Node 24.",
    );
  }
  const settings = readSettings();
  const ports = portsFrom(settings);
  await assertPortsFree(ports, appPorts);
  stack = await bringUp({ settings, ports, owner: { owner: ownRef() }, progress: createProgress() });
  if (ending.signal.aborted) return;
  const died = startTurbo(stack);
  const progress = createProgress(process.stderr, { live: false });
  const ready = Promise.all([progress.step("Operator", () => seedOperators(stack as Stack)), waitForApps(stack, progress, ending.signal)]);
  await Promise.race([ready, died, watchServers(stack)]);
  if (!ending.signal.aborted) printReady(stack, Date.now() - began);
  await Promise.race([died, watchServers(stack)]);
}

/** Rejects when turbo ends by itself; resolves when it was asked to. */
function startTurbo({ dataDir }: Stack): Promise<void> {
  const program = join(repositoryRoot, "node_modules/.bin/turbo");
  const child = spawn(program, ["run", "dev"], {
    cwd: repositoryRoot,
    env: wholeEnv(),
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  turbo = child.pid === undefined ? undefined : refOf(child.pid);
  registerOwner(dataDir, { owner: ownRef(), app: turbo });
  return new Promise((resolve, reject) => {
    const end = (what: string) => {
      if (ending.signal.aborted) resolve();
      else reject(new LocalError("SERVER_DIED", `The apps ended (${what}).`, "Read their log lines above."));
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  });
}

/** Resolves when everything is to stop; rejects when the embedded servers do not come back. */
async function watchServers({ dataDir }: Stack): Promise<void> {
  while (!ending.signal.aborted) {
    const status = readJson<RunStatus>(pathsIn(dataDir).status);
    if (status?.failure !== undefined) throw new LocalError(status.failure.code, status.failure.message, status.failure.remedy);
    if (findRunning(dataDir) === undefined)
      throw new LocalError("SERVER_DIED", "The embedded servers were stopped.", "Start again with `pnpm dev`.");
    await sleep(500, undefined, { signal: ending.signal }).catch(() => undefined);
  }
}

/** Apps first, then the servers unless someone else uses them. */
async function stopAll({ dataDir }: Stack): Promise<void> {
  console.error("\nStopping the apps, then the servers; state is being saved.");
  if (turbo !== undefined) await stopGroup(turbo, 15_000);
  removeOwner(dataDir, process.pid);
  const running = findRunning(dataDir);
  if (running === undefined) return;
  if (listOwners(dataDir).some(({ owner }) => refOf(owner.pid)?.startedAt === owner.startedAt && owner.pid !== turbo?.pid)) {
    console.error("The servers keep running for another process.");
    return;
  }
  await waitForExit(running.supervisor, 90_000);
  console.error(`Stopped. The data is kept in ${dataDir}.`);
}

try {
  await run();
} catch (error) {
  if (!ending.signal.aborted) {
    printError(error);
    process.exitCode = 1;
  }
} finally {
  ending.abort();
  if (stack !== undefined) await stopAll(stack);
}
process.exit();
