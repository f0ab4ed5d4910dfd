import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertMemo,
} from "@temporalio/workflow";
import type { CarryingActivities } from "./carrying-activities.ts";

export interface Carried {
  args: string;
  activity: string;
  local: string;
  heartbeat: string;
  failing: string;
  memo: string;
  timer: string;
  summary: string;
  details: string;
  ending: "result" | "failure" | "wait";
  result: string;
  failure: string;
}

export const tellSignal = defineSignal<[string]>("tell");
export const askUpdate = defineUpdate<string, [string]>("ask");
export const heardQuery = defineQuery<string[]>("heard");

const { echo, beatAndFail, fail } = proxyActivities<CarryingActivities>({
  startToCloseTimeout: "10s",
  heartbeatTimeout: "5s",
  retry: { initialInterval: "100ms", maximumAttempts: 2 },
});
const { echo: echoHere } = proxyLocalActivities<CarryingActivities>({ startToCloseTimeout: "10s" });

/** Carries a known text through everything that Temporal keeps of a run. */
export async function carryTenantData(carried: Carried): Promise<string> {
  const heard: string[] = [];
  setHandler(tellSignal, (text) => void heard.push(text));
  setHandler(askUpdate, (text) => `answer ${text}`);
  setHandler(heardQuery, () => heard);
  if (carried.ending === "wait") {
    await condition(() => heard.length > 0);
    return echo(carried.activity);
  }
  upsertMemo({ during: carried.memo });
  setCurrentDetails(carried.details);
  await sleep("50ms", { summary: carried.timer });
  await echo.executeWithOptions({ summary: carried.summary }, [carried.activity]);
  await echoHere(carried.local);
  await beatAndFail(carried.heartbeat);
  await fail(carried.failing).catch(() => {});
  await condition(() => heard.length > 0);
  if (carried.ending === "failure")
    throw ApplicationFailure.nonRetryable(carried.failure, "Carried", { detail: `detail ${carried.failure}` });
  return carried.result;
}

/** Leaves something in a module's variable: no other run may find it. */
let left: string | undefined;
export async function leaveBehind(text: string): Promise<string | undefined> {
  const found = left;
  left = text;
  await sleep("10ms");
  return found;
}
