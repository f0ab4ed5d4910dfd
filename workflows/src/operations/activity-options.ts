import { ActivityCancellationType, type ActivityOptions } from "@temporalio/workflow";

/**
 * Every activity beats by itself: a worker that died is noticed after this. Long enough that a busy worker is not taken for a dead
 * one, which would put two attempts at work at once.
 */
const heartbeatTimeout = "25s";

/**
 * How long a step is tried is decided by the activity, which ends with a failure that is not retried when its time is up: the worker's
 * setting may change while a run is open. An attempt ends itself before its time-out. Cancelling waits for the attempt to end.
 */
export const forwardOptions = {
  startToCloseTimeout: "30s",
  heartbeatTimeout,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "30s" },
} satisfies ActivityOptions;

/** An undo, and a record of what happened, tries for ever: there is no limit from schedule to close. */
export const untilDoneOptions = {
  startToCloseTimeout: "60s",
  heartbeatTimeout,
  retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "30s" },
} satisfies ActivityOptions;
