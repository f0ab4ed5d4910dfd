import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDatabase } from "@leasehold/db/client";
import { bringUp } from "@leasehold/infra/local/bring-up";
import { readSettings } from "@leasehold/infra/local/env";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { ownRef } from "@leasehold/infra/local/processes/process-ref";
import type { Progress } from "@leasehold/infra/local/progress";
import { readStack, type Stack } from "@leasehold/infra/local/stack";
import { stopServers } from "@leasehold/infra/local/supervision/stop-servers";
import { testEnv } from "./env.ts";
import { seedOperatorRoles } from "./operators.ts";

export interface TestServers extends AsyncDisposable {
  stack: Stack;
}

/**
 * Real servers of one's own on free ports: Temporal in memory (or with its file), a fresh Postgres with the three migrated
 * databases, a fresh AWS emulator. With `pages`, the Temporal UI and the inbox as well. They end with this process, however it ends, or when they are disposed of.
 */
export async function startServers(options: { durable?: boolean; pages?: boolean; progress?: Progress } = {}): Promise<TestServers> {
  const dataDir = await mkdtemp(join(tmpdir(), "leasehold-test-"));
  const { LEASEHOLD_CACHE_DIR, LEASEHOLD_PYTHON } = testEnv();
  const settings = readSettings({ LEASEHOLD_DATA_DIR: dataDir, LEASEHOLD_CACHE_DIR, LEASEHOLD_PYTHON, LOG_LEVEL: "warn" });
  const ports = await chooseFreePorts();
  const stack = await bringUp({
    settings,
    ports,
    memory: options.durable !== true,
    pages: options.pages,
    owner: { owner: ownRef() },
    progress: options.progress,
  });
  await seedOperatorRoles(withDatabase(stack.database.ownerUrl, stack.database.names.control));
  return {
    stack,
    async [Symbol.asyncDispose]() {
      await stopServers(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The servers that this run of the tests shares; undefined outside of a run. Use their databases as templates only. */
export function sharedStack(): Stack | undefined {
  const dataDir = testEnv().LEASEHOLD_TEST_DATA_DIR;
  return dataDir === undefined ? undefined : readStack(dataDir);
}
