import { rmSync } from "node:fs";
import { commandOf, isAlive } from "../processes/process-ref.ts";
import { stopGroup, stopProcess } from "../processes/stop-process.ts";
import { awsServer } from "../servers/aws.ts";
import { postgresServer } from "../servers/postgres.ts";
import type { ServerSpec } from "../servers/server-spec.ts";
import { temporalServer } from "../servers/temporal.ts";
import { listOwners, pathsIn, type RunConfig, type RunStatus, readJson, removeOwner, type ServerName } from "./files.ts";

const makers: Record<ServerName, (config: RunConfig) => ServerSpec> = {
  postgres: postgresServer,
  temporal: temporalServer,
  aws: awsServer,
};

/** Temporal and the emulator write to nothing of Postgres's: the order is that of dependence all the same. */
export function serversOf(config: RunConfig): ServerSpec[] {
  return config.servers.map((name) => makers[name](config));
}

/**
 * Ends, in order and with their state saved, the servers of a supervisor that was killed. A process is signalled only
 * when its pid, its start time and its command line are those recorded.
 */
export async function stopOrphans(dataDir: string): Promise<ServerName[]> {
  const paths = pathsIn(dataDir);
  const status = readJson<RunStatus>(paths.status);
  const config = readJson<RunConfig>(paths.config);
  const stopped: ServerName[] = [];
  if (status === undefined || config === undefined || isAlive(status.supervisor)) return stopped;
  for (const { owner, app } of listOwners(dataDir)) {
    if (isAlive(owner)) continue;
    if (app !== undefined) await stopGroup(app, 10_000);
    removeOwner(dataDir, owner.pid);
  }
  for (const spec of serversOf(config).reverse()) {
    const ref = status.servers[spec.name];
    if (ref === undefined || !isAlive(ref) || !commandOf(ref.pid).includes(spec.mark)) continue;
    await stopProcess(ref, spec.stopSignal, spec.stopTimeoutMs);
    stopped.push(spec.name);
  }
  rmSync(paths.status, { force: true });
  return stopped;
}
