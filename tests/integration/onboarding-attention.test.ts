import { createPool } from "@leasehold/db/client";
import { onboardingStepLabels } from "@leasehold/domain/onboarding/steps";
import { createLogger } from "@leasehold/tenancy/logger";
import { startReconciler } from "@leasehold/worker/operations/start-reconciler";
import { onboardTenantType } from "@leasehold/workflows/onboarding/contract";
import type { OperationInput } from "@leasehold/workflows/operations/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takeInventory } from "../support/inventory.ts";
import { awaitOutcome, decide, readOperation, readSteps } from "../support/onboarding-outcome.ts";
import { openPoolEpoch } from "../support/open-epoch.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { denyWorker } from "../support/worker-rights.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ apps: ["application", "worker"], ownServers: true });
});
afterAll(() => world[Symbol.asyncDispose]());

const portal = () => world.pool("control", "portal");

function publicMailKey() {
  const { d: _private, ...key } = world.stack.secrets.mailKey;
  return key;
}

test("a step that fails for good parks the operation; a retry of it finishes", async () => {
  const allow = await denyWorker(world, "kms:CreateKey");
  const tenant = await requestOnboarding(portal(), { plan: "business" });
  const parked = await awaitOutcome(world, tenant);
  await allow();
  expect(parked).toMatchObject({ state: "NEEDS_ATTENTION", attention_step: "key", attention_code: "PRECONDITION_FAILED" });
  expect(parked.attention_reason).toContain("AccessDenied");
  expect(await readSteps(world, tenant)).toMatchObject({
    administrator: "SUCCEEDED",
    key: "FAILED",
    limits: "SUCCEEDED",
    verify: "PENDING",
  });

  const run = world.temporal.workflow.getHandle(`onboarding:${tenant.operationId}`);
  const { currentDetails } = await run.query<{ currentDetails: string }>("__temporal_workflow_metadata");
  const { administrator, key } = onboardingStepLabels;
  expect(currentDetails).toContain("**NEEDS_ATTENTION**");
  expect(currentDetails).toContain(`- ✓ ${administrator} (\`administrator\`): SUCCEEDED\n`);
  expect(currentDetails).toContain(`- ✗ ${key} (\`key\`): FAILED\n`);
  expect(currentDetails).toContain("Parked at `key`: **PRECONDITION_FAILED**");

  await decide(world, tenant, "retry-step", "key");
  expect((await awaitOutcome(world, tenant, ["SUCCEEDED"])).state).toBe("SUCCEEDED");
});

test("an answer for a step that the operation does not wait at is refused", async () => {
  const allow = await denyWorker(world, "kms:CreateKey");
  const tenant = await requestOnboarding(portal(), { plan: "business" });
  await awaitOutcome(world, tenant);
  await allow();
  const commandId = await decide(world, tenant, "retry-step", "verify");
  const read = () =>
    world.pool("control", "auditor").query("select state, refusal from control.commands where command_id = $1", [commandId]);
  await expect
    .poll(async () => (await read()).rows[0], { timeout: 10_000 })
    .toMatchObject({ state: "REFUSED", refusal: "The operation is not waiting at verify." });
  await decide(world, tenant, "roll-back", "key");
  await awaitOutcome(world, tenant, ["ROLLED_BACK"]);
});

test.each([
  ["pro", "s3:PutObject", "object-prefix", 0],
  ["business", "s3:PutObject", "object-prefix", 1],
  ["enterprise", "kms:GenerateDataKeyWithoutPlaintext", "key", 1],
] as const)("rolling back %s leaves nothing but the record", async (plan, action, step, ownKeys) => {
  await openPoolEpoch(world);
  const before = await takeInventory(world);
  const allow = await denyWorker(world, action);
  const tenant = await requestOnboarding(portal(), { plan, mailKey: publicMailKey() });
  expect(await awaitOutcome(world, tenant)).toMatchObject({ state: "NEEDS_ATTENTION", attention_step: step });
  await allow();
  await decide(world, tenant, "roll-back", step);
  await awaitOutcome(world, tenant, ["ROLLED_BACK"]);

  const after = await takeInventory(world);
  expect(after.present).toEqual(before.present);
  expect(after.pendingDeletion.filter((arn) => !before.pendingDeletion.includes(arn))).toHaveLength(ownKeys);
  const auditor = world.pool("control", "auditor");
  const state = await auditor.query("select state, placement, limits from control.tenants where tenant_id = $1", [tenant.tenantId]);
  expect(state.rows[0]).toEqual({ state: "FAILED", placement: null, limits: null });
  const audit = await auditor.query("select action from control.audit where tenant_id = $1 and action = 'onboarding.rolled-back'", [
    tenant.tenantId,
  ]);
  expect(audit.rowCount).toBe(1);
  await expect
    .poll(async () => (await world.mailTo(tenant.email)).map(({ Subject }) => Subject), { timeout: 10_000 })
    .toEqual(["Your workspace could not be set up"]);
});

test("a cancelled onboarding rolls back", async () => {
  const allow = await denyWorker(world, "s3:PutObject");
  const before = await takeInventory(world);
  const tenant = await requestOnboarding(portal());
  await awaitOutcome(world, tenant);
  await allow();
  await world.temporal.workflow.getHandle(`onboarding:${tenant.operationId}`).cancel();
  await awaitOutcome(world, tenant, ["ROLLED_BACK"]);
  expect((await takeInventory(world)).present).toEqual(before.present);
});

test("an operation whose run was terminated is taken up by a new run", async () => {
  const allow = await denyWorker(world, "s3:PutObject");
  const tenant = await requestOnboarding(portal());
  await awaitOutcome(world, tenant);
  await allow();
  await world.temporal.workflow.getHandle(`onboarding:${tenant.operationId}`).terminate("a test");
  await decide(world, tenant, "retry-step", "object-prefix");
  expect((await awaitOutcome(world, tenant, ["SUCCEEDED"])).state).toBe("SUCCEEDED");
  expect((await readOperation(world, tenant)).attention_step).toBeNull();
});

test("what an earlier run made is undone by the run that took it up, though that one began nothing", async () => {
  await openPoolEpoch(world);
  const before = await takeInventory(world);
  const allow = await denyWorker(world, "s3:PutObject");
  const tenant = await requestOnboarding(portal());
  await awaitOutcome(world, tenant);
  await allow();
  const workflowId = `onboarding:${tenant.operationId}`;
  await world.temporal.workflow.getHandle(workflowId).terminate("a test");
  const { operationId, tenantId } = tenant;
  const args: [OperationInput] = [{ operationId, tenantId, resume: "retry" }];
  const again = await world.temporal.workflow.start(onboardTenantType, { workflowId, taskQueue: world.stack.temporal.taskQueue, args });
  await again.cancel();
  expect(await again.result()).toBe("ROLLED_BACK");
  expect((await takeInventory(world)).present).toEqual(before.present);
});

test("a roll back whose run was terminated is finished by the next run, also when an operator retries", async () => {
  const before = await takeInventory(world);
  const allow = await denyWorker(world, "s3:PutObject");
  const tenant = await requestOnboarding(portal(), { plan: "business" });
  await awaitOutcome(world, tenant);
  await allow();
  const allowUndo = await denyWorker(world, "kms:ScheduleKeyDeletion");
  await decide(world, tenant, "roll-back", "object-prefix");
  await expect.poll(async () => (await readSteps(world, tenant)).key, { timeout: 10_000 }).toBe("UNDOING");
  await world.temporal.workflow.getHandle(`onboarding:${tenant.operationId}`).terminate("a test");
  await allowUndo();
  await parkWhatHasNoRun(tenant);
  await decide(world, tenant, "retry-step", (await readOperation(world, tenant)).attention_step ?? "");
  expect((await awaitOutcome(world, tenant, ["ROLLED_BACK", "SUCCEEDED"])).state).toBe("ROLLED_BACK");
  expect((await takeInventory(world)).present).toEqual(before.present);
});

async function parkWhatHasNoRun(tenant: RequestedTenant): Promise<void> {
  const control = createPool(world.urlOf("control", "worker"), { max: 2 });
  const logger = createLogger({ name: "test", level: "silent" });
  const reconciler = startReconciler({ control, client: world.temporal, logger, everyMs: 100, olderThanSeconds: 0 });
  try {
    expect((await awaitOutcome(world, tenant)).attention_reason).toContain("during a roll back");
  } finally {
    await reconciler.stop();
    await control.end();
  }
}
