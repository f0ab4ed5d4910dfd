import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import { proxySinks, type WorkflowInterceptorsFactory } from "@temporalio/workflow";
import { requestHeader, type TelemetrySinks } from "./contract.ts";

const { telemetry } = proxySinks<TelemetrySinks>();

/** Hands the id of the request that began a run on to its activities, and tells of the run's end. Decides nothing. */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let request: Payload | undefined;
  const requestId = () => (request === undefined ? null : defaultPayloadConverter.fromPayload<string>(request));
  return {
    inbound: [
      {
        async execute(input, next) {
          request = input.headers[requestHeader];
          try {
            const result = await next(input);
            telemetry.runEnded("completed", requestId());
            return result;
          } catch (error) {
            telemetry.runEnded("failed", requestId());
            throw error;
          }
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next(request === undefined ? input : { ...input, headers: { ...input.headers, [requestHeader]: request } }),
      },
    ],
  };
};
