import type { Logger } from "@leasehold/tenancy/logger";
import { NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import { untilItWorks } from "../backoff.ts";
import type { WorkerEnv } from "../env.ts";
import { requireSearchAttributes } from "./require-search-attributes.ts";
import { workerTelemetry } from "./telemetry.ts";

export type TemporalSettings = Pick<
  WorkerEnv,
  "TEMPORAL_ADDRESS" | "TEMPORAL_NAMESPACE" | "TEMPORAL_API_KEY" | "TEMPORAL_TLS" | "WORKER_TASK_QUEUE"
>;

/**
 * Waits for Temporal to be there. The connection comes back by itself later.
 * @throws Error when its namespace would refuse every run: `requireSearchAttributes`.
 */
export async function connectTemporal(env: TemporalSettings, signal: AbortSignal, logger: Logger): Promise<NativeConnection> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: apiKey, TEMPORAL_TLS: tls } = env;
  const options = { address, ...(apiKey === undefined ? {} : { apiKey }), tls: tls ?? apiKey !== undefined };
  const connection = await untilItWorks(
    () => NativeConnection.connect(options),
    signal,
    (error) => logger.warn({ err: error, address }, "Temporal does not answer; trying again"),
  );
  try {
    await requireSearchAttributes(connection, env, signal, logger);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** How the process shares out its slots. The sticky time-out is what a killed worker costs each run that it held. */
const capacity = {
  maxConcurrentWorkflowTaskExecutions: 40,
  maxConcurrentActivityTaskExecutions: 100,
  maxCachedWorkflows: 1_000,
  // A whole parallel stage starts in the process that decided on it, without a turn through the task queue.
  maxEagerActivityReservationsPerWorkflowTask: 8,
  workflowTaskPollerBehavior: { type: "autoscaling", initial: 4, maximum: 40 },
  activityTaskPollerBehavior: { type: "autoscaling", initial: 4, maximum: 40 },
  // Cancelling reaches an attempt by its heartbeats.
  maxHeartbeatThrottleInterval: "5s",
  stickyQueueScheduleToStartTimeout: "2s",
  shutdownGraceTime: "10s",
  shutdownForceTime: "20s",
} satisfies Partial<WorkerOptions>;

export interface RunningWorker {
  readonly polling: boolean;
  stop(): Promise<void>;
}

/** Polls until it is stopped; a worker that Temporal turned away is made anew. */
export function runTemporalWorker(
  options: Pick<WorkerOptions, "connection" | "namespace" | "taskQueue" | "activities" | "workflowBundle" | "dataConverter">,
  logger: Logger,
): RunningWorker {
  const stopping = new AbortController();
  let worker: Worker | undefined;
  const ended = (async () => {
    while (!stopping.signal.aborted) {
      worker = await untilItWorks(
        () => Worker.create({ ...options, ...capacity, ...workerTelemetry }),
        stopping.signal,
        (error) => logger.warn({ err: error }, "no worker yet; trying again"),
      );
      await worker.run().catch((error: unknown) => logger.error({ err: error }, "the worker ended; making another"));
    }
  })().catch(() => {});
  return {
    get polling() {
      return worker?.getState() === "RUNNING";
    },
    async stop() {
      stopping.abort();
      if (worker?.getState() === "RUNNING") worker.shutdown();
      await ended;
    },
  };
}
