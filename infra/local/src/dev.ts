import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { assertNode } from "./assert-node.ts";
import { bringUp } from "./bring-up.ts";
import { portsFrom } from "./choose-ports.ts";
import { readSettings, wholeEnv } from "./env.ts";
import { LocalError, printError } from "./local-error.ts";
import { chooseDataDir, repositoryRoot } from "./paths.ts";
import { appPorts, assertPortsFree } from "./ports.ts";
import { printReady } from "./print-ready.ts";
import { ownRef, type ProcessRef, refOf } from "./processes/process-ref.ts";
import { stopGroup } from "./processes/stop-process.ts";
import { createProgress } from "./progress.ts";
import { seedOperators } from "./provision/seed-operators.ts";
import { readStack, type Stack } from "./stack.ts";
import { stackEnv } from "./stack-env.ts";
import { failureIn, registerOwner } from "./supervision/files.ts";
import { leaveServers } from "./supervision/leave-servers.ts";
import { findRunning } from "./supervision/start-supervisor.ts";
import { waitForApps } from "./wait-for-apps.ts";

// `pnpm dev`: the embedded servers, then every app under turbo, then one block that says where everything is.
const began = Date.now() - performance.now();
const ending = new AbortController();
let dataDir: string | undefined;
let turbo: ProcessRef | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (ending.signal.aborted) console.error("Still stopping: state is being saved.");
    ending.abort();
  });
}
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

async function run(): Promise<void> {
  assertNode();
  const settings = readSettings();
  const ports = portsFrom(settings);
  await assertPortsFree(ports, appPorts);
  dataDir = chooseDataDir(settings.LEASEHOLD_DATA_DIR);
  const known = readStack(dataDir);
  // As the last time: the pages are made ready while the servers start.
  const ahead = known !== undefined && isDeepStrictEqual(known.ports, ports) && findRunning(dataDir) === undefined;
  let died = ahead ? startTurbo(dataDir, true) : undefined;
  died?.catch(() => undefined);
  const progress = createProgress(process.stderr, { live: !ahead });
  const stack = await bringUp({ settings, ports, owner: { owner: ownRef(), app: turbo }, progress });
  if (ending.signal.aborted) return;
  if (died !== undefined && !isDeepStrictEqual(pageSettings(known), pageSettings(stack))) {
    died = undefined;
    await stopTurbo();
  }
  died ??= startTurbo(dataDir, false);
  const waiting = createProgress(process.stderr, { live: false });
  const ready = Promise.all([waiting.step("Operator", () => seedOperators(stack)), waitForApps(stack, waiting, ending.signal)]);
  await Promise.race([ready, died, watchServers(dataDir)]);
  if (!ending.signal.aborted) printReady(stack, Date.now() - began);
  await Promise.race([died, watchServers(dataDir)]);
}

const pageSettings = (of: Stack | undefined) => of && [stackEnv(of, "portal"), stackEnv(of, "console")];

/** Rejects when turbo ends by itself; resolves when it was asked to. `coming`: its tasks wait for the servers, which start meanwhile. */
function startTurbo(folder: string, coming: boolean): Promise<void> {
  const program = join(repositoryRoot, "node_modules/.bin/turbo");
  const child = spawn(program, ["run", "dev"], {
    cwd: repositoryRoot,
    env: wholeEnv({ coming, startedBy: ownRef() }),
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const ref = child.pid === undefined ? undefined : refOf(child.pid);
  turbo = ref;
  if (!coming) registerOwner(folder, { owner: ownRef(), app: turbo });
  return new Promise((resolve, reject) => {
    const end = (what: string) => {
      if (ending.signal.aborted || turbo !== ref) resolve();
      // The supervisor ends the apps when a server is lost: that is what there is to say then.
      else reject(failureIn(folder) ?? new LocalError("SERVER_DIED", `The apps ended (${what}).`, "Read their log lines above."));
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  });
}

/** Resolves when everything is to stop; rejects when the embedded servers do not come back. */
async function watchServers(folder: string): Promise<void> {
  while (!ending.signal.aborted) {
    const failure = failureIn(folder);
    if (failure !== undefined) throw failure;
    if (findRunning(folder) === undefined)
      throw new LocalError(
        "SERVER_DIED",
        "The embedded servers were stopped, or their supervisor was killed.",
        "Start again with `pnpm dev`.",
      );
    await sleep(500, undefined, { signal: ending.signal }).catch(() => undefined);
  }
}

async function stopTurbo(): Promise<void> {
  const running = turbo;
  turbo = undefined;
  if (running !== undefined) await stopGroup(running, 15_000);
}

/** Apps first, then the servers unless someone else uses them. */
async function stopAll(dataDir: string): Promise<void> {
  if (turbo !== undefined || findRunning(dataDir) !== undefined)
    console.error("\nStopping the apps, then the servers; state is being saved.");
  const app = turbo?.pid;
  await stopTurbo();
  const outcome = await leaveServers(dataDir, { pid: process.pid, app });
  if (outcome === "kept") console.error("The servers keep running for another process.");
  if (outcome === "stopped") console.error(`Stopped. The data is kept in ${dataDir}.`);
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
  if (dataDir !== undefined) await stopAll(dataDir);
}
process.exit();
