import { KMSClient } from "@aws-sdk/client-kms";
import { createRunActivities, type RunActivities } from "@leasehold/activities/offboarding/create-run-activities";
import { startTenantRun } from "@leasehold/activities/runs/start-tenant-run";
import { withConnection } from "@leasehold/db/client";
import { endHold } from "@leasehold/db/control/offboarding/end-hold";
import { listEvidence } from "@leasehold/db/control/offboarding/list-evidence";
import { destroyDataKeys } from "@leasehold/db/keyring/keep-data-key";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { tenantRunId } from "@leasehold/domain/tenant-runs";
import { createPayloadKeySource } from "@leasehold/tenancy/payloads/payload-key-source";
import { createPayloadKeys, type PayloadKeys } from "@leasehold/tenancy/payloads/payload-keys";
import { clientConverter, workerConverter } from "@leasehold/worker/temporal/data-converter";
import { Client, ScheduleNotFoundError, type WorkflowClientInterceptor, WorkflowNotFoundError } from "@temporalio/client";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Closing, type ControlPools, dayMs, holdBegins, openClosing } from "../support/offboarding/closing.ts";
import { type Carrier, giveKeys, plant, quietRuntime, startCarrier } from "../support/payloads/carrier.ts";
import { tellSignal } from "../support/payloads/carrying-workflow.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let carrier: Carrier;
let keys: PayloadKeys;
let kms: KMSClient;
let pools: ControlPools;

beforeAll(async () => {
  quietRuntime();
  world = await createWorld();
  kms = new KMSClient(world.aws("worker"));
  // Short leases: what a worker holds ends within the test.
  keys = createPayloadKeys(createPayloadKeySource({ keyring: world.pool("keyring", "worker"), kms }), { leaseMs: 500 });
  carrier = await startCarrier(world, { worker: workerConverter(keys), client: clientConverter(keys) });
  pools = { portal: world.pool("control", "portal"), operator: world.pool("control", "operator"), worker: world.pool("control", "worker") };
});
afterAll(async () => {
  await carrier?.[Symbol.asyncDispose]();
  keys?.close();
  kms?.destroy();
  await world?.[Symbol.asyncDispose]();
});

const query: Parameters<typeof openClosing>[0]["query"] = (plane, text, values) =>
  withConnection(world.ownerUrl(plane), async (owner) => (await owner.query(text, values)).rows as never);

const begin = (tenantId: TenantId, memo: string, id: string = newId("operation")) =>
  carrier.client.workflow.start("carryTenantData", {
    workflowId: tenantRunId(tenantId, "carry", id),
    taskQueue: carrier.taskQueue,
    args: [plant("wait")],
    memo: { note: memo },
    searchAttributes: { TenantId: [tenantId] },
  });

async function closing(): Promise<Closing> {
  const opened = await openClosing({ query }, pools, { holdDays: 1 });
  await giveKeys(world, opened.tenantId);
  return opened;
}

async function shredding(): Promise<Closing> {
  const opened = await closing();
  expect(await endHold(pools.worker, { ...opened, at: new Date(holdBegins + dayMs) })).toBe("shredding");
  return opened;
}

function carryOut(name: keyof RunActivities, { tenantId, operationId }: Closing): Promise<void> {
  const activities = createRunActivities({ control: pools.worker, retryForMs: 10_000, temporal: carrier.client });
  const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 }, { logger: new DefaultLogger("ERROR") });
  return environment.run(activities[name], { tenantId, operationId });
}

const memosOf = async (...tenants: TenantId[]) => {
  const query = tenants.map((tenantId) => `WorkflowId STARTS_WITH "t:${tenantId}:"`).join(" OR ");
  const found: Record<string, unknown> = {};
  for await (const { workflowId, memo } of carrier.client.workflow.list({ query })) found[workflowId] = memo?.note;
  return found;
};

test("once a tenant's keys are gone its run does not run on, its list shows so, everybody else's goes on, and it can be ended", async () => {
  const [gone, other] = [await giveKeys(world), await giveKeys(world)];
  const [run, otherRun] = [await begin(gone, "of the one"), await begin(other, "of the other")];
  await expect.poll(async () => (await run.fetchHistory()).events?.length).toBeGreaterThan(3);
  await destroyDataKeys(world.pool("keyring", "worker"), gone);
  await expect
    .poll(() => memosOf(gone, other), { timeout: 10_000 })
    .toEqual({
      [run.workflowId]: "[shredded]",
      [otherRun.workflowId]: "of the other",
    });
  expect((await run.describe()).memo).toEqual({ note: "[shredded]" });
  await expect(run.signal(tellSignal, "from a client")).rejects.toThrow("not there any more");
  await expect(begin(gone, "another")).rejects.toThrow("not there any more");

  await carrier.client.workflowService.signalWorkflowExecution({
    namespace: world.stack.temporal.namespace,
    workflowExecution: { workflowId: run.workflowId },
    signalName: "tell",
  });
  await otherRun.signal(tellSignal, "go on");
  expect(await otherRun.result()).toMatch(/^canary-activity/);
  const events = async () => (await run.fetchHistory()).events ?? [];
  await expect.poll(async () => (await events()).some((event) => event.workflowTaskFailedEventAttributes), { timeout: 15_000 }).toBe(true);
  expect((await events()).some((event) => event.activityTaskScheduledEventAttributes)).toBe(false);
  expect((await run.describe()).status.name).toBe("RUNNING");

  await run.terminate("The workspace has ended.");
  expect((await run.describe()).status.name).toBe("TERMINATED");
});

test("a tenant from before is given the key of its runs when one is begun, and never after its keys were destroyed", async () => {
  const tenantId = await giveKeys(world, newId("tenant"), ["data"]);
  const runs = await Promise.all(["a", "b", "c"].map((id) => begin(tenantId, `memo ${id}`, id)));
  await expect.poll(async () => Object.values(await memosOf(tenantId)).sort()).toEqual(["memo a", "memo b", "memo c"]);
  for (const run of runs) await run.terminate();
  await destroyDataKeys(world.pool("keyring", "worker"), tenantId);
  await expect
    .poll(
      () =>
        begin(tenantId, "late").then(
          () => "begun",
          (error: Error) => error.message,
        ),
      { timeout: 5_000 },
    )
    .toContain("not there any more");
  const { rows } = await world.pool("keyring", "auditor").query("select purpose from keyring.data_keys where tenant_id = $1", [tenantId]);
  expect(rows).toEqual([]);
});

test("every open run of the tenant is ended, counted, and none is begun any more; other tenants' and the platform's go on", {
  timeout: 120_000,
}, async () => {
  const closed = await shredding();
  const other = await giveKeys(world);
  const own = await Promise.all(Array.from({ length: 7 }, (_, index) => begin(closed.tenantId, "own", `run-${index}`)));
  const otherRun = await begin(other, "of another");
  const lifecycle = await carrier.client.workflow.start("carryTenantData", {
    workflowId: `offboarding:${closed.operationId}`,
    taskQueue: carrier.taskQueue,
    args: [plant("wait")],
    searchAttributes: { TenantId: [closed.tenantId] },
  });
  const schedule = await carrier.client.schedule.create({
    scheduleId: tenantRunId(closed.tenantId, "leave", "hourly"),
    spec: { intervals: [{ every: "1h" }] },
    action: {
      type: "startWorkflow",
      workflowType: "leaveBehind",
      workflowId: tenantRunId(closed.tenantId, "leave", "hourly"),
      taskQueue: carrier.taskQueue,
      args: [""],
    },
    searchAttributes: { TenantId: [closed.tenantId] },
  });
  await carryOut("endTenantRuns", closed);
  await carryOut("endTenantRuns", closed);
  for (const run of own) expect((await run.describe()).status.name).toBe("TERMINATED");
  for (const run of [otherRun, lifecycle]) expect((await run.describe()).status.name).toBe("RUNNING");
  await expect(schedule.describe()).rejects.toBeInstanceOf(ScheduleNotFoundError);
  const [evidence] = await listEvidence(pools.operator, closed);
  expect(evidence).toMatchObject({ item: "store:runs-ended", evidence: { type: "store", before: 7, after: 0, disposition: "deleted" } });

  await expect(
    startTenantRun(
      { control: pools.worker, temporal: carrier.client, taskQueue: carrier.taskQueue },
      { tenantId: closed.tenantId, what: "carry", id: "late", type: "carryTenantData", args: [plant("wait")] },
    ),
  ).rejects.toMatchObject({ reason: "tenant-ended" });

  await carryOut("deleteTenantRuns", closed);
  await carryOut("deleteTenantRuns", closed);
  for (const run of own) await expect(run.describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  expect(await memosOf(closed.tenantId)).toEqual({});
  for (const run of [otherRun, lifecycle]) expect((await run.describe()).status.name).toBe("RUNNING");
  expect((await listEvidence(pools.operator, closed)).map(({ item, evidence }) => [item, evidence])).toEqual([
    ["store:runs-deleted", expect.objectContaining({ before: 7, after: 0 })],
    ["store:runs-ended", expect.objectContaining({ before: 7, after: 0 })],
  ]);
  for (const run of [otherRun, lifecycle]) await run.terminate();
});

test("runs are deleted after their tenant's keys are gone, an open one too", { timeout: 120_000 }, async () => {
  const closed = await shredding();
  const runs = await Promise.all(Array.from({ length: 30 }, (_, index) => begin(closed.tenantId, "own", `run-${index}`)));
  await destroyDataKeys(world.pool("keyring", "worker"), closed.tenantId);
  for (const run of runs.slice(5)) await run.terminate();
  await carryOut("deleteTenantRuns", closed);
  expect(await memosOf(closed.tenantId)).toEqual({});
  expect((await listEvidence(pools.operator, closed))[0]?.evidence).toMatchObject({ store: "runs-deleted", before: 30, after: 0 });
});

test("a run that is begun in the very moment of the point of no return is ended again", async () => {
  const held = await closing();
  const { connection, options } = carrier.client;
  const shredsMeanwhile: WorkflowClientInterceptor = {
    async start(input, next) {
      const runId = await next(input);
      expect(await endHold(pools.worker, { ...held, at: new Date(holdBegins + dayMs) })).toBe("shredding");
      return runId;
    },
  };
  const { namespace } = options;
  const temporal = new Client({
    connection,
    namespace,
    dataConverter: clientConverter(keys),
    interceptors: { workflow: [shredsMeanwhile] },
  });
  const wanted = { tenantId: held.tenantId, what: "carry", id: "late", type: "carryTenantData", args: [plant("wait")] };
  const begun = startTenantRun({ control: pools.worker, temporal, taskQueue: carrier.taskQueue }, wanted);
  await expect(begun).rejects.toMatchObject({ reason: "tenant-ended" });
  const run = carrier.client.workflow.getHandle(tenantRunId(held.tenantId, "carry", "late"));
  expect((await run.describe()).status.name).toBe("TERMINATED");
});

test("nothing is ended or deleted before the point of no return", async () => {
  const held = await closing();
  const run = await begin(held.tenantId, "still needed");
  for (const name of ["endTenantRuns", "deleteTenantRuns"] as const) {
    await expect(carryOut(name, held)).rejects.toMatchObject({ type: "PRECONDITION_FAILED" });
  }
  expect((await run.describe()).status.name).toBe("RUNNING");
  const needs = { control: pools.worker, temporal: carrier.client, taskQueue: carrier.taskQueue };
  const wanted = { tenantId: held.tenantId, what: "carry", id: "export", type: "carryTenantData", args: [plant("wait")] };
  const workflowId = await startTenantRun(needs, wanted);
  expect(await startTenantRun(needs, wanted)).toBe(workflowId);
  const described = await carrier.client.workflow.getHandle(workflowId).describe();
  expect(described.searchAttributes).toMatchObject({ TenantId: [held.tenantId], Plan: ["pro"] });
  for (const id of [workflowId, run.workflowId]) await carrier.client.workflow.getHandle(id).terminate();
});
