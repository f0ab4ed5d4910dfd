import { spawn } from "node:child_process";
import { inheritedEnv, readSettings } from "./env.ts";
import { findTurbo } from "./find-owner.ts";
import { LocalError, printError } from "./local-error.ts";
import { chooseDataDir } from "./paths.ts";
import { isAlive, type ProcessRef, refOf } from "./processes/process-ref.ts";
import { signalProcess } from "./processes/stop-process.ts";
import { readStack } from "./stack.ts";
import { type AppName, appNames, stackEnv } from "./stack-env.ts";
import { findRunning } from "./supervision/start-supervisor.ts";

// `node with-env.ts <app> -- <command>` runs a command with the settings of one app and none of the others', and ends it
// when whoever started it, or the servers' supervisor, is gone.
const [app, separator, command, ...args] = process.argv.slice(2);

function isAppName(name: string | undefined): name is AppName {
  return appNames.some((known) => known === name);
}

function run(): void {
  if (!isAppName(app) || separator !== "--" || command === undefined)
    throw new Error(`usage: node with-env.ts ${appNames.join("|")} -- <command>`);
  const dataDir = chooseDataDir(readSettings().LEASEHOLD_DATA_DIR);
  const stack = readStack(dataDir);
  const supervisor = findRunning(dataDir)?.supervisor;
  if (stack === undefined || supervisor === undefined)
    throw new LocalError("SERVER_DIED", "The embedded servers do not run.", "Start with `pnpm dev` or `turbo dev`.");
  const needed = [refOf(process.ppid), findTurbo(), supervisor].filter((ref): ref is ProcessRef => ref !== undefined);
  const child = spawn(command, args, { stdio: "inherit", env: { ...inheritedEnv(), ...stackEnv(stack, app) } });
  let asked = false;
  const end = () => {
    if (asked) return;
    asked = true;
    if (child.pid !== undefined) signalProcess(child.pid, "SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
  };
  setInterval(() => needed.every(isAlive) || end(), 500).unref();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, end);
  child.once("error", (error) => {
    console.error(`${command}: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("exit", (code, signal) => process.exit(asked ? 0 : (code ?? (signal === null ? 0 : 1))));
}

try {
  run();
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
