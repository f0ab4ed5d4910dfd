import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "@leasehold/domain/ids";
import { tenantRunId } from "@leasehold/domain/tenant-runs";
import { isEncrypted } from "@leasehold/tenancy/payloads/key-id";
import { clientConverter, workerConverter } from "@leasehold/worker/temporal/data-converter";
import { WorkflowFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Carrier, canariesOf, giveKeys, plant, quietRuntime, startCarrier } from "../support/payloads/carrier.ts";
import { askUpdate, type Carried, tellSignal } from "../support/payloads/carrying-workflow.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let sealed: Carrier;
let plain: Carrier;

beforeAll(async () => {
  quietRuntime();
  world = await createWorld({ durable: true });
  sealed = await startCarrier(world, { worker: workerConverter(world.payloadKeys), client: clientConverter(world.payloadKeys) });
  plain = await startCarrier(world, {});
});
afterAll(async () => {
  await sealed?.[Symbol.asyncDispose]();
  await plain?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

/** Takes a run through everything that Temporal keeps. @returns every text that was planted, and what came out */
async function carry(carrier: Carrier, workflowId: string, ending: Carried["ending"]) {
  const carried = plant(ending);
  const canary = (place: string) => `canary-${place}-${randomBytes(9).toString("hex")}`;
  const more = {
    memo: canary("start-memo"),
    signal: canary("signal"),
    update: canary("update"),
    title: canary("title"),
    text: canary("text"),
  };
  const run = await carrier.client.workflow.start<(carried: Carried) => Promise<string>>("carryTenantData", {
    workflowId,
    taskQueue: carrier.taskQueue,
    args: [carried],
    memo: { start: more.memo },
    staticSummary: more.title,
    staticDetails: more.text,
  });
  const answer = await run.executeUpdate(askUpdate, { args: [more.update] });
  await run.signal(tellSignal, more.signal);
  const outcome = await run.result().catch((error: unknown) => error);
  const { memo } = await run.describe();
  return { carried, canaries: [...canariesOf(carried), ...Object.values(more)], more, answer, outcome, memo };
}

/** Everything that the server has written, its journal too. */
function findInDatabase(texts: readonly string[]): string[] {
  const folder = join(world.stack.dataDir, "temporal");
  const files = readdirSync(folder).filter((name) => name.startsWith("temporal.db"));
  expect(files.length).toBeGreaterThan(0);
  const bytes = files.map((name) => readFileSync(join(folder, name)));
  return texts.filter((text) => {
    const needles = [text, Buffer.from(text).toString("base64").slice(4, -4)];
    return bytes.some((each) => needles.some((needle) => each.includes(needle)));
  });
}

const never = ["local"];
const kept = ({ canaries, carried }: { canaries: string[]; carried: Carried }, without: string[]) =>
  canaries.filter(
    (text) =>
      ![...without, ...(carried.ending === "result" ? ["failure"] : ["result"])].some((place) => text.startsWith(`canary-${place}-`)),
  );

test.each(["result", "failure"] as const)(
  "a tenant's run that ends with a %s leaves no readable text in the server's database",
  async (ending) => {
    const tenantId = await giveKeys(world);
    const { carried, canaries, more, answer, outcome, memo } = await carry(
      sealed,
      tenantRunId(tenantId, "carry", newId("operation")),
      ending,
    );
    expect(answer).toBe(`answer ${more.update}`);
    expect(memo).toEqual({ start: more.memo, during: carried.memo });
    if (ending === "result") expect(outcome).toBe(carried.result);
    else {
      expect(outcome).toBeInstanceOf(WorkflowFailedError);
      expect((outcome as WorkflowFailedError).cause).toMatchObject({
        message: carried.failure,
        details: [{ detail: `detail ${carried.failure}` }],
      });
    }
    expect(findInDatabase(canaries)).toEqual([]);
  },
);

test.each(["result", "failure"] as const)(
  "without the codec the same run that ends with a %s is found in it, place by place",
  async (ending) => {
    const found = await carry(plain, `plain:${newId("operation")}`, ending);
    // What only the worker's memory holds is in no database: the current details.
    const expected = kept(found, ["details", ...never]);
    expect(findInDatabase(expected)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(10);
  },
);

test("a schedule's run is under the tenant of the schedule, though its id is another", async () => {
  const tenantId = await giveKeys(world);
  const secret = `canary-schedule-${randomBytes(9).toString("hex")}`;
  const scheduleId = tenantRunId(tenantId, "leave", "nightly");
  const schedule = await sealed.client.schedule.create({
    scheduleId,
    spec: {},
    action: {
      type: "startWorkflow",
      workflowType: "leaveBehind",
      workflowId: scheduleId,
      taskQueue: sealed.taskQueue,
      args: [secret],
      memo: { kept: secret },
    },
  });
  await schedule.trigger();
  await expect.poll(async () => (await schedule.describe()).info.recentActions.length, { timeout: 20_000 }).toBe(1);
  const [action] = (await schedule.describe()).info.recentActions;
  const workflowId = action?.action.workflow.workflowId ?? "";
  expect(workflowId).not.toBe(scheduleId);
  expect(workflowId.startsWith(scheduleId)).toBe(true);
  const run = sealed.client.workflow.getHandle(workflowId);
  await run.result();
  expect((await run.describe()).memo).toMatchObject({ kept: secret });
  expect(findInDatabase([secret])).toEqual([]);
  await schedule.delete();
});

test("a payload of one tenant's run is refused in another's, and that run does not go on", async () => {
  const [own, other] = [await giveKeys(world), await giveKeys(world)];
  const start = async (tenantId: typeof own) =>
    sealed.client.workflow.start("carryTenantData", {
      workflowId: tenantRunId(tenantId, "carry", newId("operation")),
      taskQueue: sealed.taskQueue,
      args: [plant("wait")],
    });
  const [ownRun, otherRun] = [await start(own), await start(other)];
  const [started] = (await ownRun.fetchHistory()).events ?? [];
  const [stolen] = started?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  expect(stolen && isEncrypted(stolen as never)).toBe(true);
  await sealed.client.workflowService.signalWorkflowExecution({
    namespace: world.stack.temporal.namespace,
    workflowExecution: { workflowId: otherRun.workflowId },
    signalName: "tell",
    input: { payloads: [stolen ?? {}] },
  });
  const failed = async () =>
    ((await otherRun.fetchHistory()).events ?? []).filter(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes);
  await expect.poll(async () => (await failed()).length, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(JSON.stringify(await failed())).not.toContain("canary-");
  expect((await otherRun.describe()).status.name).toBe("RUNNING");
  for (const run of [ownRun, otherRun]) await run.terminate();
});

test("an unencrypted payload is refused in a tenant's run, and shown as refused", async () => {
  const tenantId = await giveKeys(world);
  const run = await plain.client.workflow.start("carryTenantData", {
    workflowId: tenantRunId(tenantId, "carry", newId("operation")),
    taskQueue: sealed.taskQueue,
    args: [plant("wait")],
    memo: { note: "not encrypted" },
  });
  await sleep(1_500);
  const { events } = await run.fetchHistory();
  expect((events ?? []).some(({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes)).toBe(false);
  expect((await sealed.client.workflow.getHandle(run.workflowId).describe()).memo).toEqual({ note: "[refused]" });
  await run.terminate();
});

test("what one run leaves in a module's variable, no other finds", async () => {
  const ran = async () => {
    const tenantId = await giveKeys(world);
    return sealed.client.workflow.execute("leaveBehind", {
      workflowId: tenantRunId(tenantId, "leave", newId("operation")),
      taskQueue: sealed.taskQueue,
      args: [tenantId],
    });
  };
  const found = [await ran(), await ran(), ...(await Promise.all([ran(), ran()]))];
  expect(found.filter((text) => text)).toEqual([]);
});

test("a failure's message, trace and details come back as they were", async () => {
  const tenantId = await giveKeys(world);
  const workflowId = tenantRunId(tenantId, "carry", newId("operation"));
  const { outcome, carried } = await carry(sealed, workflowId, "failure");
  const { cause } = outcome as WorkflowFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect(cause?.stack).toContain("carrying-workflow");
  expect(cause?.message).toBe(carried.failure);
  const { events } = await sealed.client.workflow.getHandle(workflowId).fetchHistory();
  const stored = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
  expect(stored).toMatchObject({ message: "Encoded failure", stackTrace: "" });
});
