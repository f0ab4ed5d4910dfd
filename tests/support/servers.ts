import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bringUp } from "@leasehold/infra/local/bring-up";
import { readSettings } from "@leasehold/infra/local/env";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { ownRef } from "@leasehold/infra/local/processes/process-ref";
import type { Stack } from "@leasehold/infra/local/stack";
import { stopServers } from "@leasehold/infra/local/supervision/stop-servers";

export interface TestServers extends AsyncDisposable {
  stack: Stack;
}

/**
 * Real servers of one's own on free ports: Temporal in memory (or with its file), a fresh Postgres with the three migrated
 * databases, a fresh AWS emulator. They end with this process, however it ends, or when they are disposed of.
 */
export async function startServers(options: { durable?: boolean } = {}): Promise<TestServers> {
  const dataDir = await mkdtemp(join(tmpdir(), "leasehold-test-"));
  const onlyOurs = {
    LEASEHOLD_DATA_DIR: dataDir,
    LEASEHOLD_CACHE_DIR: process.env.LEASEHOLD_CACHE_DIR,
    LEASEHOLD_PYTHON: process.env.LEASEHOLD_PYTHON,
  };
  const settings = readSettings({ ...onlyOurs, LOG_LEVEL: "warn" });
  const ports = await chooseFreePorts();
  const stack = await bringUp({ settings, ports, memory: options.durable !== true, owner: { owner: ownRef() } });
  return {
    stack,
    async [Symbol.asyncDispose]() {
      await stopServers(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
