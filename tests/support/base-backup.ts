import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inheritedEnv } from "@leasehold/infra/local/env";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { adminUrlOf, postgresServer } from "@leasehold/infra/local/servers/postgres";
import { pathsIn, type RunConfig, readJson } from "@leasehold/infra/local/supervision/files";

/** What a data folder's servers were started with. */
export function runConfigOf(dataDir: string): RunConfig {
  const config = readJson<RunConfig>(pathsIn(dataDir).config);
  if (config === undefined) throw new Error(`no servers were started in ${dataDir}`);
  return config;
}

/** A base backup of a running cluster, as it would be taken every night, with the WAL that belongs to it. */
export function takeBaseBackup(dataDir: string, folder: string): void {
  const config = runConfigOf(dataDir);
  mkdirSync(folder, { recursive: true });
  cpSync(join(dataDir, "postgres-admin-password"), join(folder, "postgres-admin-password"));
  const args = ["-d", adminUrlOf(config), "-D", join(folder, "postgres"), "-X", "stream", "-c", "fast", "--no-sync"];
  execFileSync(join(config.programs.postgresBin, "pg_basebackup"), args, { env: inheritedEnv(), stdio: ["ignore", "ignore", "inherit"] });
}

/** Starts a cluster from a base backup. @returns the administrator's URL of it */
export async function restoreBaseBackup(dataDir: string, folder: string): Promise<{ adminUrl: string } & AsyncDisposable> {
  const { postgres } = await chooseFreePorts();
  const own = runConfigOf(dataDir);
  const config = { ...own, dataDir: folder, ports: { ...own.ports, postgres } };
  const server = postgresServer(config);
  if (server.uid !== undefined && server.gid !== undefined) {
    giveTo(folder, server.uid, server.gid);
    // A temporary folder is its owner's alone: the server's user goes through it.
    chmodSync(dirname(folder), 0o711);
  }
  const child = spawn(server.command, server.args, { ...server, stdio: "ignore" });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGINT");
    await gone;
  };
  for (const until = Date.now() + 60_000; !(await server.isReady()); await sleep(100)) {
    if (Date.now() < until && child.exitCode === null) continue;
    await stop();
    throw new Error("the restored cluster did not start");
  }
  return { adminUrl: adminUrlOf(config), [Symbol.asyncDispose]: stop };
}

function giveTo(folder: string, uid: number, gid: number): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true })) chownSync(join(folder, String(entry)), uid, gid);
}
