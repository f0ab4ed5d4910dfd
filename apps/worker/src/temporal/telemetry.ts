import { inSpan } from "@leasehold/tenancy/telemetry/in-span";
import { observeRequest } from "@leasehold/tenancy/telemetry/metrics";
import { currentScope, withScope } from "@leasehold/tenancy/telemetry/scope";
import { spanOfRun } from "@leasehold/tenancy/telemetry/span-of-run";
import { requestHeader, type TelemetrySinks } from "@leasehold/workflows/telemetry/contract";
import type { WorkflowClientInterceptor } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import type { InjectedSinks, WorkerOptions } from "@temporalio/worker";

/** Whoever starts a run in the name of a request says so in the run's header. */
export const requestOfRun: WorkflowClientInterceptor = {
  start(input, next) {
    const { requestId } = currentScope();
    if (requestId === null) return next(input);
    return next({ ...input, headers: { ...input.headers, [requestHeader]: defaultPayloadConverter.toPayload(requestId) } });
  },
};

interface Ref {
  tenantId?: string;
  operationId?: string;
}

/** Every activity runs with its tenant, request, operation and actor on its lines and spans, in a span of its own, and is counted. */
const activity: NonNullable<NonNullable<WorkerOptions["interceptors"]>["activity"]>[number] = ({ info }) => ({
  inbound: {
    execute(input, next) {
      const header = input.headers[requestHeader];
      const requestId = header === undefined ? null : defaultPayloadConverter.fromPayload<string>(header);
      const { tenantId = null, operationId } = (input.args[0] ?? {}) as Ref;
      const operation = `activity.${info.activityType}`;
      const scope = { tenantId, requestId, operation, actor: operationId === undefined ? null : `system:${operationId}` };
      return withScope(scope, async () => {
        const begun = performance.now();
        let code = "failed";
        try {
          const result = await inSpan(operation, { attributes: { "temporal.attempt": info.attempt } }, () => next(input));
          code = "ok";
          return result;
        } finally {
          observeRequest(operation, code, (performance.now() - begun) / 1_000);
        }
      });
    },
  },
});

/** Runs live in a sandbox and have no spans there: each is told of when it has ended. */
const sinks: InjectedSinks<TelemetrySinks> = {
  telemetry: {
    runEnded: {
      fn({ workflowType, workflowId, startTime }, outcome, requestId) {
        const operation = `workflow.${workflowType}`;
        const operationId = workflowId.slice(workflowId.lastIndexOf(":") + 1);
        withScope({ tenantId: null, requestId, operation, actor: `system:${operationId}` }, () => {
          spanOfRun(operation, startTime, outcome);
          observeRequest(operation, outcome, (Date.now() - startTime.getTime()) / 1_000);
        });
      },
      callDuringReplay: false,
    },
  },
};

/** Telemetry of a Temporal worker. */
export const workerTelemetry = { interceptors: { activity: [activity] }, sinks } satisfies Pick<WorkerOptions, "interceptors" | "sinks">;
