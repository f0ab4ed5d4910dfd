import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";

export const carryingActivities = {
  async echo(text: string): Promise<string> {
    return text;
  },
  /** The first attempt beats with the text and fails; the second one finds it. */
  async beatAndFail(text: string): Promise<string> {
    const { info } = Context.current();
    if (info.attempt > 1) return String(info.heartbeatDetails);
    Context.current().heartbeat(text);
    throw ApplicationFailure.retryable("once more");
  },
  async fail(text: string): Promise<void> {
    throw ApplicationFailure.nonRetryable(`message ${text}`, "Carried", `details ${text}`);
  },
};

export type CarryingActivities = typeof carryingActivities;
