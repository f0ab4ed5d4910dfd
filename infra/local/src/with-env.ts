import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { findStarter, inheritedEnv, readSettings, serversAreComing } from "./env.ts";
import { findTurbo } from "./find-owner.ts";
import { LocalError, printError } from "./local-error.ts";
import { chooseDataDir } from "./paths.ts";
import { isAlive, type ProcessRef, refOf } from "./processes/process-ref.ts";
import { signalProcess } from "./processes/stop-process.ts";
import { readStack, type Stack } from "./stack.ts";
import { type AppName, appNames, stackEnv } from "./stack-env.ts";
import { failureIn } from "./supervision/files.ts";
import { leaveServers } from "./supervision/leave-servers.ts";
import { findRunning } from "./supervision/start-supervisor.ts";

// `node with-env.ts <app> -- <command>` runs a command with the settings of one app and none of the others', and ends it
// when whoever started it, or the servers' supervisor, is gone.
const [app, separator, command, ...args] = process.argv.slice(2);

function isAppName(name: string | undefined): name is AppName {
  return appNames.some((known) => known === name);
}

/** These need no server before their first page is asked for. */
const startsAhead: readonly AppName[] = ["portal", "console"];

/** The stack that runs; where the servers are on their way, when they are there, and for some apps the one of the last time. */
async function findStack(name: AppName, dataDir: string, needed: readonly ProcessRef[]): Promise<Stack> {
  const coming = serversAreComing();
  for (const end = Date.now() + (coming ? 300_000 : 0); ; await sleep(50)) {
    const stack = readStack(dataDir);
    const running = findRunning(dataDir);
    if (stack !== undefined && (coming ? startsAhead.includes(name) || stack.instance === running?.instance : running !== undefined))
      return stack;
    if (!needed.every(isAlive)) process.exit();
    if (Date.now() >= end) throw new LocalError("SERVER_DIED", "The embedded servers do not run.", "Start with `pnpm dev` or `turbo dev`.");
  }
}

function areServersGone(supervisor: ProcessRef | undefined, dataDir: string): boolean {
  return supervisor !== undefined && (!isAlive(supervisor) || findRunning(dataDir)?.phase === "failed");
}

/** Under a turbo that nobody watches over: says why the servers ended, and ends those whose supervisor was killed. */
async function sayWhatEnded(dataDir: string): Promise<LocalError | undefined> {
  const failure = failureIn(dataDir);
  if (failure !== undefined) printError(failure);
  else await leaveServers(dataDir, { pid: process.pid });
  return failure;
}

/** How long an app may take to end. */
const endsWithinMs = 10_000;
/** Next.js then keeps what it has compiled as it ends; otherwise pages that were compiled in its first minutes are compiled again the next time. */
const savingPages = { __NEXT_DEV_WAIT_FOR_TURBOPACK_SHUTDOWN: "1" };

async function run(): Promise<void> {
  if (!isAppName(app) || separator !== "--" || command === undefined)
    throw new Error(`usage: node with-env.ts ${appNames.join("|")} -- <command>`);
  const dataDir = chooseDataDir(readSettings().LEASEHOLD_DATA_DIR);
  const needed = [refOf(process.ppid), findTurbo(), findStarter()].filter((ref): ref is ProcessRef => ref !== undefined);
  const stack = await findStack(app, dataDir, needed);
  let supervisor = findRunning(dataDir)?.supervisor;
  const child = spawn(command, args, { stdio: "inherit", env: { ...inheritedEnv(), ...savingPages, ...stackEnv(stack, app) } });
  let asked = false;
  const end = () => {
    if (asked) return;
    asked = true;
    if (child.pid !== undefined) signalProcess(child.pid, "SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), endsWithinMs).unref();
  };
  setInterval(() => {
    supervisor ??= findRunning(dataDir)?.supervisor;
    if (!needed.every(isAlive) || areServersGone(supervisor, dataDir)) end();
  }, 500).unref();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, end);
  child.once("error", (error) => {
    console.error(`${command}: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("exit", async (code, signal) => {
    const failure = findStarter() === undefined && areServersGone(supervisor, dataDir) ? await sayWhatEnded(dataDir) : undefined;
    process.exit(failure !== undefined ? 1 : asked ? 0 : (code ?? (signal === null ? 0 : 1)));
  });
}

try {
  await run();
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
