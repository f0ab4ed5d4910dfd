import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv } from "../env.ts";
import { LocalError } from "../local-error.ts";
import { isAlive } from "../processes/process-ref.ts";
import { stopProcess } from "../processes/stop-process.ts";
import { failureIn, type Owner, pathsIn, type RunConfig, type RunStatus, readJson, registerOwner, tailLog, writeJson } from "./files.ts";

/** The status of a supervisor that is alive and not on its way out. */
export function findRunning(dataDir: string): RunStatus | undefined {
  const status = readJson<RunStatus>(pathsIn(dataDir).status);
  return status !== undefined && isAlive(status.supervisor) ? status : undefined;
}

/**
 * Starts a supervisor of its own session and waits until its servers answer.
 * @throws {LocalError} SERVER_DIED
 */
export async function startSupervisor(config: RunConfig, owner: Owner | undefined): Promise<RunStatus> {
  const paths = pathsIn(config.dataDir);
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  rmSync(paths.owners, { recursive: true, force: true });
  rmSync(paths.status, { force: true });
  writeJson(paths.config, config);
  if (owner !== undefined) registerOwner(config.dataDir, owner);
  const log = openSync(join(paths.logs, "supervisor.log"), "w", 0o600);
  const script = resolve(import.meta.dirname, "../supervisor.ts");
  const child = spawn(process.execPath, [script, config.dataDir], {
    detached: true,
    stdio: ["ignore", log, log],
    env: inheritedEnv(),
    cwd: config.dataDir,
  });
  closeSync(log);
  child.unref();
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(30)) {
    const status = readJson<RunStatus>(paths.status);
    if (status?.supervisor.pid === child.pid && status?.phase === "running") return status;
    const failure = failureIn(config.dataDir);
    if (status !== undefined && failure !== undefined) {
      await stopProcess(status.supervisor, "SIGTERM", 60_000);
      throw failure;
    }
    if (child.exitCode !== null || child.signalCode !== null) break;
  }
  throw new LocalError(
    "SERVER_DIED",
    `The supervisor ended. Its last words:\n${tailLog(config.dataDir, "supervisor")}`,
    `Read ${paths.logs}/supervisor.log.`,
  );
}
