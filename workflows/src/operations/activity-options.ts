import { ActivityCancellationType, type ActivityOptions } from "@temporalio/workflow";

/** Every activity beats by itself: a worker that died is noticed after this. */
const heartbeatTimeout = "6s";

/** A forward step tries for about half a minute, then the operation parks. Cancelling waits for the attempt to end. */
export const forwardOptions = {
  startToCloseTimeout: "20s",
  heartbeatTimeout,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "10s", maximumAttempts: 8 },
} satisfies ActivityOptions;

/** An undo, and a record of what happened, tries for ever: there is no limit from schedule to close. */
export const untilDoneOptions = {
  startToCloseTimeout: "60s",
  heartbeatTimeout,
  retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "30s" },
} satisfies ActivityOptions;
