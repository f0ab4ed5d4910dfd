import { isDomainError } from "@leasehold/domain/errors";
import { ApplicationFailure, CancelledFailure } from "@temporalio/common";

interface ServiceError extends Error {
  $metadata?: { httpStatusCode?: number };
  $retryable?: unknown;
}

const transientNames =
  /Throttl|TooManyRequests|RequestLimit|LimitExceeded|SlowDown|ServiceUnavailable|InternalError|InternalFailure|KMSInternal|DependencyTimeout|Timeout|Abort|EAI_AGAIN|ECONN|EPIPE|socket hang up/i;

/**
 * What the workflow is told of an activity's error: its type is the error's code, its message is safe for people and the
 * history. Only what may pass by itself is tried again.
 */
export function toApplicationFailure(error: unknown): ApplicationFailure | CancelledFailure {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (isDomainError(error)) {
    const nonRetryable = error.code !== "UNAVAILABLE";
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable,
      details: error.reason ? [error.reason] : [],
    });
  }
  if (isServiceError(error)) return fromService(error);
  if (error instanceof Error && (transientNames.test(error.name) || ("code" in error && transientNames.test(String(error.code))))) {
    return ApplicationFailure.retryable("A service did not answer. It is tried again.", "UNAVAILABLE");
  }
  const kind = error instanceof Error ? error.name : typeof error;
  return ApplicationFailure.retryable(`The step failed unexpectedly (${kind}). The worker's log has the cause.`, "INTERNAL");
}

function fromService(error: ServiceError): ApplicationFailure {
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (status === 0 || status === 429 || status >= 500 || error.$retryable !== undefined || transientNames.test(error.name)) {
    return ApplicationFailure.retryable(`AWS could not do this now (${error.name}).`, "UNAVAILABLE", "aws-transient");
  }
  return ApplicationFailure.nonRetryable(
    `AWS refuses this (${error.name}). Put it right there, then retry this step.`,
    "PRECONDITION_FAILED",
    "aws-refused",
  );
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "$metadata" in error;
}
