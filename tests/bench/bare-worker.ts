import { fileURLToPath } from "node:url";
import { createLogger } from "@leasehold/tenancy/logger";
import { installRuntime } from "@leasehold/worker/temporal/install-runtime";
import { runTemporalWorker } from "@leasehold/worker/temporal/run-temporal-worker";
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from "@temporalio/worker";
import type { BareActivities } from "./bare-workflow.ts";

// `node bare-worker.ts <address> <namespace> <task queue>`: a worker with the product's own options, and nothing to do.
const [address = "", namespace = "", taskQueue = ""] = process.argv.slice(2);
const logger = createLogger({ name: "bare-worker", level: "warn" });
installRuntime(logger);
const workflowsPath = fileURLToPath(new URL("bare-workflow.ts", import.meta.url));
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
const connection = await NativeConnection.connect({ address });
const activities: BareActivities = { doNothing: async () => {} };
const worker = runTemporalWorker({ connection, namespace, taskQueue, activities, workflowBundle }, logger);
process.once("SIGTERM", async () => {
  await worker.stop();
  process.exit(0);
});
while (!worker.polling) await new Promise((resolve) => setTimeout(resolve, 20));
process.send?.("ready");
