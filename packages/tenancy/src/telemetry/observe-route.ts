import type { Logger } from "../logger.ts";
import { observeRequest } from "./metrics.ts";
import { startRequestSpan } from "./request-span.ts";

/**
 * Answers a request beside the procedures with its id and operation on every line and span, in a span of its own, and logs and counts it by
 * its status. `operation` is a name of ours. A streamed body flows on after its span has ended.
 */
export function observeRoute(
  { requestId, operation, logger }: { requestId: string; operation: string; logger: Pick<Logger, "info"> },
  answer: () => Promise<Response>,
): Promise<Response> {
  const begun = performance.now();
  const span = startRequestSpan(requestId, operation);
  const observed = async () => {
    let status = 500;
    try {
      const response = await answer();
      status = response.status;
      return response;
    } finally {
      logger.info({ status }, "request");
      observeRequest(operation, String(status), (performance.now() - begun) / 1_000);
      span.end(status);
    }
  };
  return new Promise((resolve) => span.run(() => resolve(observed())));
}
