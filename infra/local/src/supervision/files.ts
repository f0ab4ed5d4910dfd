import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LocalError, type LocalErrorCode } from "../local-error.ts";
import type { Ports } from "../ports.ts";
import type { ProcessRef } from "../processes/process-ref.ts";

export const serverNames = ["postgres", "temporal", "aws"] as const;
export type ServerName = (typeof serverNames)[number];

/** What a supervisor is to run. */
export interface RunConfig {
  dataDir: string;
  ports: Ports;
  /** The servers to run; the others are somewhere else. */
  servers: ServerName[];
  /** Nothing needs to outlive the run: Temporal in memory, Postgres without fsync. */
  memory: boolean;
  /** The pages for people: the Temporal UI and the mail inbox. */
  pages: boolean;
  namespace: string;
  region: string;
  programs: { python: string; packages: string; postgresBin: string; temporal: string };
}

export type RunPhase = "starting" | "running" | "stopping" | "stopped" | "failed";

/** What a supervisor says about itself and its servers. */
export interface RunStatus {
  supervisor: ProcessRef;
  /** Changes with every start. */
  instance: string;
  phase: RunPhase;
  servers: Partial<Record<ServerName, ProcessRef>>;
  /** How often a server that died was started again. */
  restarts: number;
  failure?: { code: LocalErrorCode; message: string; remedy: string };
}

/** Somebody who needs the servers; `app` leads a process group that ends with its owner. */
export interface Owner {
  owner: ProcessRef;
  app?: ProcessRef;
}

export interface DataPaths {
  root: string;
  run: string;
  config: string;
  status: string;
  owners: string;
  lock: string;
  logs: string;
  state: string;
  secrets: string;
  format: string;
}

export function pathsIn(dataDir: string): DataPaths {
  const run = join(dataDir, "run");
  return {
    root: dataDir,
    run,
    config: join(run, "config.json"),
    status: join(run, "status.json"),
    owners: join(run, "owners"),
    lock: join(run, "lock"),
    logs: join(dataDir, "logs"),
    state: join(dataDir, "state.json"),
    secrets: join(dataDir, "secrets.json"),
    format: join(dataDir, "format.json"),
  };
}

/** Undefined when the file is not there or not whole. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** Replaces the file at once, readable by its owner only. */
export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** Why the servers of a data folder ended, where they did not end in order. */
export function failureIn(dataDir: string): LocalError | undefined {
  const failure = readJson<RunStatus>(pathsIn(dataDir).status)?.failure;
  return failure && new LocalError(failure.code, failure.message, failure.remedy);
}

export function registerOwner(dataDir: string, owner: Owner): void {
  writeJson(join(pathsIn(dataDir).owners, `${owner.owner.pid}.json`), owner);
}

export function removeOwner(dataDir: string, pid: number): void {
  rmSync(join(pathsIn(dataDir).owners, `${pid}.json`), { force: true });
}

export function listOwners(dataDir: string): Owner[] {
  const folder = pathsIn(dataDir).owners;
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => readJson<Owner>(join(folder, name))).filter((owner) => owner !== undefined);
  } catch {
    return [];
  }
}

/** The last lines of a server's log. */
export function tailLog(dataDir: string, name: string, lines = 12): string {
  try {
    return readFileSync(join(pathsIn(dataDir).logs, `${name}.log`), "utf8")
      .trimEnd()
      .split("\n")
      .slice(-lines)
      .join("\n");
  } catch {
    return "(no log)";
  }
}
