import { cacheHome, readSettings } from "@leasehold/infra/local/env";
import { chooseCacheDir } from "@leasehold/infra/local/paths";
import { findPython } from "@leasehold/infra/local/servers/find-python";
import { installServers } from "@leasehold/infra/local/servers/install-servers";
import { searchAttributes } from "@leasehold/infra/local/servers/temporal";
import type { DataConverter } from "@temporalio/common";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { testEnv } from "./env.ts";

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2;

/**
 * Temporal's own test server, pinned with the other servers: its time is skipped while nothing runs, and passes as usual otherwise.
 * It cannot list or delete runs. One for each test file: its time is everybody's.
 */
export async function startSkippedTime(dataConverter: DataConverter): Promise<TestWorkflowEnvironment> {
  const { LEASEHOLD_CACHE_DIR, LEASEHOLD_PYTHON } = testEnv();
  const settings = readSettings({ LEASEHOLD_CACHE_DIR, LEASEHOLD_PYTHON });
  const cacheDir = chooseCacheDir(settings.LEASEHOLD_CACHE_DIR, cacheHome());
  const { temporalTestServer } = await installServers(cacheDir, findPython(settings.LEASEHOLD_PYTHON), () => undefined);
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: "existing-path", path: temporalTestServer } },
    client: { dataConverter },
  });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: "default",
    searchAttributes: Object.fromEntries(searchAttributes.map((name) => [name, keyword])),
  });
  return environment;
}
