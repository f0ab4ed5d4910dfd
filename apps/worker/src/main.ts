import { createLogger } from "@leasehold/tenancy/logger";
import { startTracing } from "@leasehold/tenancy/telemetry/start-tracing";
import { readEnv } from "./env.ts";
import { startWorker } from "./start-worker.ts";
import { installRuntime } from "./temporal/install-runtime.ts";

const env = readEnv();
const logger = createLogger({ name: "worker", level: env.LOG_LEVEL });
installRuntime(logger);
const endTracing = await startTracing("worker");

const stopping = new AbortController();
const starting = startWorker(env, logger, stopping.signal);
let ending = false;

async function end(signal: string): Promise<void> {
  if (ending) return;
  ending = true;
  logger.info({ signal }, "ending");
  stopping.abort();
  await starting.then((worker) => worker.stop()).catch(() => {});
  await endTracing().catch(() => {});
  process.exit(0);
}
process.once("SIGTERM", () => void end("SIGTERM"));
process.once("SIGINT", () => void end("SIGINT"));

try {
  const { healthPort } = await starting;
  logger.info({ healthPort, taskQueue: env.WORKER_TASK_QUEUE }, "ready");
} catch (err) {
  if (!ending) {
    logger.fatal({ err }, "could not start");
    process.exit(1);
  }
}
