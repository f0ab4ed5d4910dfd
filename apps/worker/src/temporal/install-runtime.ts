import type { Logger } from "@leasehold/tenancy/logger";
import { type LogLevel, makeTelemetryFilterString, Runtime } from "@temporalio/worker";

const levels: Record<LogLevel, "trace" | "debug" | "info" | "warn" | "error"> = {
  TRACE: "trace",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
};

/** Temporal's own lines go to the process's log; ending on a signal is the process's business. Once per process. */
export function installRuntime(logger: Logger): void {
  const write = (level: LogLevel, message: string, meta: Record<string | symbol, unknown> = {}) => {
    const { error, ...rest } = meta;
    logger[levels[level]]({ ...scopeOfMeta(rest), ...rest, ...(error === undefined ? {} : { err: error }) }, message);
  };
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: write,
      trace: (message, meta) => write("TRACE", message, meta),
      debug: (message, meta) => write("DEBUG", message, meta),
      info: (message, meta) => write("INFO", message, meta),
      warn: (message, meta) => write("WARN", message, meta),
      error: (message, meta) => write("ERROR", message, meta),
    },
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: "WARN", other: "ERROR" }) } },
  });
}

/** Lines about a run come from its sandbox, where no request runs: whose they are is in the run's id. */
function scopeOfMeta({ workflowId, workflowType, activityType }: Record<string | symbol, unknown>): Record<string, string> {
  if (typeof workflowId !== "string") return {};
  const operation = typeof activityType === "string" ? `activity.${activityType}` : `workflow.${String(workflowType)}`;
  return { actor: `system:${workflowId.slice(workflowId.lastIndexOf(":") + 1)}`, operation };
}
