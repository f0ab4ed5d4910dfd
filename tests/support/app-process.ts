import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import type { Stack } from "@leasehold/infra/local/stack";
import { type AppName, appUrl, stackEnv } from "@leasehold/infra/local/stack-env";
import { buildApp } from "./build-app.ts";

/** A real process of one app, as it runs in production, on a port of its own. */
export interface AppProcess extends AsyncDisposable {
  name: AppName;
  url: string;
  pid: number;
  /** Everything that it printed. */
  log(): string;
  /** Sends the signal, SIGTERM unless told, and resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const commands: Record<AppName, string[]> = {
  application: [process.execPath, "--max-old-space-size=512", "--max-semi-space-size=16", "src/main.ts"],
  worker: [process.execPath, "--max-semi-space-size=32", "src/main.ts"],
  portal: [process.execPath, "src/start.ts", "start"],
  console: ["node_modules/.bin/next", "start"],
};

/** Where the system has it: the app ends with whoever started it, also when that one is ended by a signal. */
const setpriv = "/usr/bin/setpriv";
const tied = existsSync(setpriv) ? [setpriv, "--pdeathsig", "TERM", "--"] : [];

/** A step that keeps failing parks soon. */
const quick: Partial<Record<AppName, Record<string, string>>> = { worker: { STEP_RETRY_SECONDS: "20", EXPORT_PEOPLE_SECONDS: "2" } };

const healthOf = (stack: Stack): Record<AppName, string> => ({
  application: `${appUrl(stack, "application")}/healthz`,
  worker: `http://127.0.0.1:${stack.ports.workerHealth}/healthz`,
  portal: `${appUrl(stack, "portal")}/`,
  console: `${appUrl(stack, "console")}/sign-in`,
});

/**
 * Starts an app with the settings of a stack, changed by `overrides`, and waits until it answers; `root` is the tree that it
 * runs from. Throws with its log when it does not.
 */
export async function startApp(
  stack: Stack,
  name: AppName,
  overrides: Record<string, string> = {},
  root = repositoryRoot,
): Promise<AppProcess> {
  if (name === "portal" || name === "console") await buildApp(stack.dataDir, name);
  const logs = join(stack.dataDir, "logs");
  mkdirSync(logs, { recursive: true });
  const logPath = join(logs, `${name}-${stack.temporal.taskQueue}.log`);
  const log = openSync(logPath, "a");
  const [command = "", ...args] = [...tied, ...commands[name]];
  const env = { ...inheritedEnv(), NODE_ENV: "production" as const, ...stackEnv(stack, name), ...quick[name], ...overrides };
  const child = spawn(command, args, { cwd: join(root, "apps", name), env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const readLog = () => readFileSync(logPath, "utf8");
  const health = healthOf(stack)[name];
  await waitForAnswer(health, child, readLog).catch(async (error: unknown) => {
    await end(child, "SIGKILL");
    throw error;
  });
  return {
    name,
    url: new URL(health).origin,
    pid: child.pid ?? 0,
    log: readLog,
    stop: (signal = "SIGTERM") => end(child, signal),
    [Symbol.asyncDispose]: () => end(child, "SIGTERM"),
  };
}

async function waitForAnswer(url: string, child: ChildProcess, readLog: () => string): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
  }
  throw new Error(`${url} did not answer. Its log:\n${readLog().slice(-4_000)}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const isGone = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  if (isGone()) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const killer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await gone;
  clearTimeout(killer);
}
