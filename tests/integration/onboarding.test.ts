import { dispatchCommands } from "@leasehold/db/control/commands/dispatch-commands";
import { onboardingStepLabels, onboardingStepsFor } from "@leasehold/domain/onboarding/steps";
import { type PlanId, plans } from "@leasehold/domain/plans";
import { dispatchCommand } from "@leasehold/worker/commands/dispatch-command";
import { defaultPayloadConverter } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awaitOutcome, readSteps } from "../support/onboarding-outcome.ts";
import { openHistory } from "../support/open-history.ts";
import { personalDataOf, requestOnboarding } from "../support/request-onboarding.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ apps: ["application", "worker"] });
});
afterAll(() => world[Symbol.asyncDispose]());

const request = (plan: PlanId, withCommand = true) =>
  requestOnboarding(world.pool("control", "portal"), { plan, mailKey: publicMailKey(), withCommand });

function publicMailKey() {
  const { d: _private, ...key } = world.stack.secrets.mailKey;
  return key;
}

describe.each<PlanId>(["pro", "enterprise"])("a verified sign-up for %s", (plan) => {
  test("becomes an ACTIVE tenant, whole, and the person is told", async () => {
    const tenant = await request(plan);
    expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");

    const steps = onboardingStepsFor(plans[plan].placement);
    expect(await readSteps(world, tenant)).toEqual(Object.fromEntries(steps.map((step) => [step, "SUCCEEDED"])));
    const auditor = world.pool("control", "auditor");
    const of = [tenant.tenantId];
    const catalog = await auditor.query("select state, placement, limits, current_operation from control.tenants where tenant_id = $1", of);
    expect(catalog.rows[0]).toMatchObject({ state: "ACTIVE", limits: plans[plan].limits, current_operation: null });
    expect(Object.values(catalog.rows[0].placement)).not.toContain("");
    const events = await auditor.query("select type from control.outbox where tenant_id = $1", of);
    expect(events.rows).toEqual([{ type: "tenant.activated" }]);
    const members = await auditor.query("select user_id, role from control.members where tenant_id = $1", of);
    expect(members.rows).toEqual([{ user_id: tenant.userId, role: "owner" }]);
    const resources = await auditor.query("select distinct state from control.resources where tenant_id = $1", of);
    expect(resources.rows).toEqual([{ state: "MADE" }]);

    await expect
      .poll(async () => (await world.mailTo(tenant.email)).map(({ Subject }) => Subject), { timeout: 10_000 })
      .toEqual(["Your workspace is ready"]);
    const mails = () => auditor.query("select template, sent_at is not null as sent from control.mail_outbox where tenant_id = $1", of);
    await expect.poll(async () => (await mails()).rows).toEqual([{ template: "workspace-ready", sent: true }]);
  });
});

test("twenty dispatches at once start one workflow", async () => {
  const tenant = await request("pro", false);
  const operation = { kind: "onboarding" as const, workflowId: `onboarding:${tenant.operationId}`, action: null };
  const command = { ...tenant, operation, commandId: "cmd_twenty", kind: "onboard-tenant", payload: {}, attempts: 0, plan: "pro" };
  const target = {
    client: world.temporal,
    taskQueue: world.stack.temporal.taskQueue,
    eagerStart: false,
    startExport: async () => undefined,
    lookAgain: async () => undefined,
  };
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => dispatchCommand(target, command)));
  expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(["dispatched"]));
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  expect(await dispatchCommand(target, command)).toEqual({ outcome: "dispatched" });
  const runs: string[] = [];
  for await (const { runId } of world.temporal.workflow.list({ query: `WorkflowId = "onboarding:${tenant.operationId}"` }))
    runs.push(runId);
  expect(runs).toHaveLength(1);
});

test("no two dispatchers hold one command", async () => {
  const held = await createHeldCommand();
  const worker = world.pool("control", "worker");
  const seen: string[] = [];
  const take = () =>
    dispatchCommands(worker, 50, async (command) => {
      seen.push(command.commandId);
      return { outcome: "refused", refusal: "a test" };
    });
  await Promise.all([take(), take(), take()]);
  expect(seen.filter((id) => id === held).length).toBeLessThanOrEqual(1);
});

async function createHeldCommand(): Promise<string> {
  const tenant = await request("pro");
  const { rows } = await world
    .pool("control", "auditor")
    .query("select command_id from control.commands where operation_id = $1", [tenant.operationId]);
  return rows[0].command_id;
}

test("a history holds ids alone, says what each activity does, and names its tenant, plan, operation and status", async () => {
  const tenant = await request("pro");
  await awaitOutcome(world, tenant);
  const handle = world.temporal.workflow.getHandle(`onboarding:${tenant.operationId}`);
  await handle.result();
  const stored = await handle.fetchHistory();
  const readable = (history: unknown) =>
    JSON.stringify(history, (_key, value) => (value?.type === "Buffer" ? Buffer.from(value.data).toString() : value)).replace(
      /"data":"([A-Za-z0-9+/=]+)"/g,
      (_all, data: string) => Buffer.from(data, "base64").toString(),
    );
  const history = await openHistory(world.payloadKeys, stored);
  const opened = readable(history);
  for (const secret of personalDataOf(tenant)) expect(opened).not.toContain(secret);
  expect(opened).toContain(tenant.tenantId);
  expect([opened, readable(stored)].map((text) => text.includes("operationId"))).toEqual([true, false]);
  const summaries = history.events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) =>
    scheduled ? [String(defaultPayloadConverter.fromPayload(userMetadata?.summary ?? {}))] : [],
  );
  expect(summaries).toEqual(onboardingStepsFor(plans.pro.placement).map((step) => onboardingStepLabels[step]));
  const { searchAttributes } = await handle.describe();
  expect(searchAttributes).toMatchObject({ TenantId: [tenant.tenantId], Plan: ["pro"], Operation: ["onboarding"], Status: ["SUCCEEDED"] });
});
