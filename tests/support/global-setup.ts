import { createProgress } from "@leasehold/infra/local/progress";
import { startServers } from "./servers.ts";

/** Starts the servers that all test files of a run share; each file clones its databases from theirs. */
export default async function setup(): Promise<() => Promise<void>> {
  const servers = await startServers({ pages: true, progress: createProgress() });
  process.env.LEASEHOLD_TEST_DATA_DIR = servers.stack.dataDir;
  return async () => {
    await servers[Symbol.asyncDispose]();
  };
}
