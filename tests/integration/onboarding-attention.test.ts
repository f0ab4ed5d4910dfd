import { afterAll, beforeAll, expect, test } from "vitest";
import { takeInventory } from "../support/inventory.ts";
import { awaitOutcome, decide, readOperation, readSteps } from "../support/onboarding-outcome.ts";
import { openPoolEpoch } from "../support/open-epoch.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
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
