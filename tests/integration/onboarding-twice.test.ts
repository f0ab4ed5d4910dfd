import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand } from "@aws-sdk/client-kms";
import { activateTenant } from "@leasehold/activities/onboarding/activate-tenant";
import { createOnboardingActivities } from "@leasehold/activities/onboarding/create-onboarding-activities";
import { ensureCanary } from "@leasehold/activities/onboarding/ensure-canary";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { activatePlacement, publishPlacement, withdrawPlacement } from "@leasehold/db/application/placement/publish-placement";
import { createPool, withConnection } from "@leasehold/db/client";
import { addFirstOwner } from "@leasehold/db/control/members/first-owner";
import { beginStep } from "@leasehold/db/control/operations/begin-step";
import { failStep } from "@leasehold/db/control/operations/fail-step";
import { finishStep, finishStepWithin } from "@leasehold/db/control/operations/finish-step";
import { parkOperation } from "@leasehold/db/control/operations/park-operation";
import { withHeldStep } from "@leasehold/db/control/operations/with-held-step";
import { newId } from "@leasehold/domain/ids";
import { type OnboardingStep, onboardingStepsFor } from "@leasehold/domain/onboarding/steps";
import { keyAliasOf } from "@leasehold/domain/placement";
import { type PlanId, plans } from "@leasehold/domain/plans";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { type Clients, createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { takeInventory } from "../support/inventory.ts";
import { readOperation, readSteps } from "../support/onboarding-outcome.ts";
import { stepActivities as forward, type RunStep, stepRunner, undoActivities as undo } from "../support/onboarding-steps.ts";
import { openPoolEpoch } from "../support/open-epoch.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { denyWorker } from "../support/worker-rights.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let clients: Clients;
let run: RunStep;

beforeAll(async () => {
  world = await createWorld({ apps: ["application"], ownServers: true });
  clients = createClients(readEnv(stackEnv(world.stack, "worker")));
  run = stepRunner(createOnboardingActivities(clients));
  await ensureCanary(clients);
  await openPoolEpoch(world);
});
afterAll(async () => {
  await clients.close();
  await world[Symbol.asyncDispose]();
});

/** As after a crash between the effect and its acknowledgement: what was done is there, and nothing says so. */
async function forgetThatItSucceeded(
  { tenantId }: RequestedTenant,
  step: string,
  states: { step: string; resource: string },
): Promise<void> {
  await withConnection(world.ownerUrl("control"), async (owner) => {
    await owner.query("update control.operation_steps set state = $3 where tenant_id = $1 and step = $2", [tenantId, step, states.step]);
    await owner.query("update control.resources set state = $2 where tenant_id = $1 and state <> 'INTENDED'", [tenantId, states.resource]);
  });
}

describe.each<PlanId>(["pro", "business", "enterprise"])("every step of %s, executed twice", (plan) => {
  const steps = onboardingStepsFor(plans[plan].placement);

  test("changes nothing the second time, and its undo removes it whole, also twice", async () => {
    const before = await takeInventory(world);
    const tenant = await requestOnboarding(world.pool("control", "portal"), { plan, withCommand: false });
    for (const step of steps.filter((each) => each !== "activate")) {
      await run(forward[step], tenant);
      const once = await takeInventory(world);
      await forgetThatItSucceeded(tenant, step, { step: "RUNNING", resource: "INTENDED" });
      await run(forward[step], tenant, 2);
      const again = await takeInventory(world);
      expect({ step, present: withoutVersions(again.present) }).toEqual({ step, present: withoutVersions(once.present) });
      expect((await readSteps(world, tenant))[step]).toBe("SUCCEEDED");
    }
    await run("beginRollback", tenant);
    for (const step of steps.toReversed()) {
      if (step === "activate") continue;
      await run(undo[step], tenant);
      const once = await takeInventory(world);
      await forgetThatItSucceeded(tenant, step, { step: "UNDOING", resource: "MADE" });
      await run(undo[step], tenant, 2);
      expect({ step, ...(await takeInventory(world)) }).toEqual({ step, ...once });
    }
    await run("finishRollback", tenant);
    await run("finishRollback", tenant, 2);
    const after = await takeInventory(world);
    expect(after.present).toEqual(before.present);
    const ownKeys = plans[plan].placement.key === "epoch" ? 0 : 1;
    expect(after.pendingDeletion.filter((arn) => !before.pendingDeletion.includes(arn))).toHaveLength(ownKeys);
  });

  test("activates once, and finds that again", async () => {
    const tenant = await requestOnboarding(world.pool("control", "portal"), { plan, withCommand: false });
    for (const step of steps) await run(forward[step], tenant);
    await run("activateTenant", tenant, 2);
    expect(await run("beginRollback", tenant)).toBe("SUCCEEDED");
    await expect(run("undoCreateTenantKey", tenant)).rejects.toThrow();
    expect(await readOperation(world, tenant)).toMatchObject({ state: "SUCCEEDED" });
    const events = await world.pool("control", "auditor").query("select from control.outbox where tenant_id = $1", [tenant.tenantId]);
    expect(events.rowCount).toBe(1);
  });
});

describe("the point of no return", () => {
  const requested = () => requestOnboarding(world.pool("control", "portal"), { withCommand: false });
  const upTo = async (tenant: RequestedTenant, last: OnboardingStep) => {
    const steps = onboardingStepsFor(plans.pro.placement);
    for (const step of steps.slice(0, steps.indexOf(last) + 1)) await run(forward[step], tenant);
  };
  const placement = async ({ tenantId }: RequestedTenant) => (await findPlacement(clients.application, tenantId)).state;

  test("a tenant whom nobody owns is not activated, and the application plane does not let it in", async () => {
    const tenant = await requested();
    await upTo(tenant, "verify");
    await withConnection(world.ownerUrl("control"), (owner) =>
      owner.query("delete from control.members where tenant_id = $1", [tenant.tenantId]),
    );
    await expect(run("activateTenant", tenant)).rejects.toMatchObject({ type: "PRECONDITION_FAILED" });
    expect(await placement(tenant)).toBe("PROVISIONING");
  });

  test("what follows it is carried out again after a crash, and rolling back is too late", async () => {
    const tenant = await requested();
    await upTo(tenant, "verify");
    const away = createPool("postgres://worker@127.0.0.1:1/none");
    const crashing = activateTenant({ ...clients, application: away });
    await expect(new MockActivityEnvironment({}, { logger: new DefaultLogger("ERROR") }).run(crashing, tenant)).rejects.toMatchObject({
      nonRetryable: false,
    });
    expect((await readSteps(world, tenant)).activate).toBe("SUCCEEDED");
    const failures = [{ step: "activate", code: "UNAVAILABLE", reason: "Its run is gone." }];
    expect(await parkOperation(clients.control, { ...tenant, failures })).toBe("NEEDS_ATTENTION");
    expect(await run("beginRollback", tenant)).toBe("RUNNING");
    await run("activateTenant", tenant, 2);
    expect(await placement(tenant)).toBe("ACTIVE");
    expect(await readOperation(world, tenant)).toMatchObject({ state: "SUCCEEDED" });
  });

  test("a late publication takes nobody back, and a late activation brings nobody back", async () => {
    const tenant = await requested();
    await upTo(tenant, "activate");
    const found = await findPlacement(clients.application, tenant.tenantId);
    await publishPlacement(clients.application, { ...found, state: "PROVISIONING" });
    expect(await placement(tenant)).toBe("ACTIVE");
    await withdrawPlacement(clients.application, tenant.tenantId);
    await expect(activatePlacement(clients.application, { tenantId: tenant.tenantId, epoch: 1 })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(placement(tenant)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a publication that arrives after the roll back publishes nothing", async () => {
    const tenant = await requested();
    await upTo(tenant, "verify");
    const found = await findPlacement(clients.application, tenant.tenantId);
    expect(found.state).toBe("PROVISIONING");
    await parkOperation(clients.control, { ...tenant, failures: [{ step: "verify", code: "UNAVAILABLE", reason: "Its run is gone." }] });
    await run("beginRollback", tenant);
    await run("undoVerifyTenant", tenant);
    await publishPlacement(clients.application, found);
    await run("undoApplyLimits", tenant);
    await expect(placement(tenant)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await publishPlacement(clients.application, found);
    await expect(placement(tenant)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("an onboarding that is rolled back leaves no member and no open invitation", async () => {
    const tenant = await requested();
    await upTo(tenant, "verify");
    await withConnection(world.ownerUrl("control"), (owner) =>
      owner.query(
        `insert into control.invitations (tenant_id, invitation_id, email, role, token_hash, invited_by, expires_at)
         values ($1, $2, 'a@example.test', 'member', $1, 'usr_x', '2100-01-01')`,
        [tenant.tenantId, newId("invitation")],
      ),
    );
    await run("beginRollback", tenant);
    await run("finishRollback", tenant);
    const left = await world
      .pool("control", "auditor")
      .query(
        "select tenant_id from control.members where tenant_id = $1 union all select tenant_id from control.invitations where tenant_id = $1",
        [tenant.tenantId],
      );
    expect(left.rows).toEqual([]);
  });
});

test("a key's ARN is in the catalog as soon as there is a key, and is enough to undo it", async () => {
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business", withCommand: false });
  await run("place", tenant);
  const noAlias = await denyWorker(world, "kms:CreateAlias");
  await expect(run("createTenantKey", tenant)).rejects.toMatchObject({ type: "PRECONDITION_FAILED" });
  await noAlias();
  const { rows } = await world
    .pool("control", "auditor")
    .query<{ ref: string }>("select ref from control.resources where tenant_id = $1 and kind = 'kms-key'", [tenant.tenantId]);
  const made = rows[0]?.ref ?? "";
  expect(made).toMatch(/^arn:aws:kms:/);
  await clients.kms.send(new CreateAliasCommand({ AliasName: keyAliasOf(tenant.tenantId), TargetKeyId: await strayKey() }));
  await run("createTenantKey", tenant, 2);
  const named = await clients.kms.send(new DescribeKeyCommand({ KeyId: keyAliasOf(tenant.tenantId) }));
  expect(named.KeyMetadata?.Arn).toBe(made);
  await run("beginRollback", tenant);
  await run("undoCreateTenantKey", tenant);
  expect((await clients.kms.send(new DescribeKeyCommand({ KeyId: made }))).KeyMetadata?.KeyState).toBe("PendingDeletion");
});

/** A key whose tag is of another tenant. */
async function strayKey(): Promise<string> {
  const tags = [{ TagKey: "leasehold:tenant", TagValue: newId("tenant") }];
  return (await clients.kms.send(new CreateKeyCommand({ Tags: tags }))).KeyMetadata?.KeyId ?? "";
}

test("a key that was made and never recorded is adopted", async () => {
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business", withCommand: false });
  await run("place", tenant);
  await run("createTenantKey", tenant);
  const keys = async () => (await takeInventory(world)).present.filter((line) => line.startsWith("key "));
  const before = await keys();
  await withConnection(world.ownerUrl("control"), async (owner) => {
    await owner.query("update control.resources set ref = null where tenant_id = $1", [tenant.tenantId]);
    await owner.query('update control.tenants set placement = placement || \'{"keyArn": ""}\' where tenant_id = $1', [tenant.tenantId]);
  });
  await withConnection(world.ownerUrl("keyring"), async (owner) => {
    await owner.query("delete from keyring.data_keys where tenant_id = $1", [tenant.tenantId]);
  });
  await forgetThatItSucceeded(tenant, "key", { step: "RUNNING", resource: "INTENDED" });
  await run("createTenantKey", tenant, 2);
  expect(await keys()).toEqual(before);
});

describe("an attempt that was given up", () => {
  const begin = (tenant: RequestedTenant, attempt: number) =>
    beginStep(clients.control, { ...tenant, step: "administrator", position: 3, stage: 2, attempt });

  test("commits nothing beside the attempt that followed it", async () => {
    const tenant = await requestOnboarding(world.pool("control", "portal"), { withCommand: false });
    await run("place", tenant);
    const late = { ...tenant, step: "administrator", lease: (await begin(tenant, 1)).lease ?? "" };
    await begin(tenant, 2);
    const writes = withHeldStep(clients.control, late, (tx) => addFirstOwner(tx, { ...tenant, userId: "usr_late" }));
    await expect(writes).rejects.toMatchObject({ reason: "operation-not-running" });
    const finish = finishStep(clients.control, { ...late, made: [], requestId: "req_late" });
    await expect(finish).rejects.toMatchObject({ reason: "operation-not-running" });
    const fail = failStep(clients.control, { ...late, forGood: true, code: "INTERNAL", message: "late" });
    await expect(fail).rejects.toMatchObject({ reason: "operation-not-running" });
    expect((await readSteps(world, tenant)).administrator).toBe("RETRYING");
  });

  test("commits nothing once the step has succeeded", async () => {
    const tenant = await requestOnboarding(world.pool("control", "portal"), { withCommand: false });
    await run("place", tenant);
    const late = { ...tenant, step: "administrator", lease: (await begin(tenant, 1)).lease ?? "" };
    await run("addAdministrator", tenant, 2);
    const writes = withHeldStep(clients.control, late, async (tx) => {
      await addFirstOwner(tx, { ...tenant, userId: "usr_late" });
      await finishStepWithin(tx, { ...late, made: [], requestId: "req_late" });
    });
    await expect(writes).rejects.toMatchObject({ reason: "operation-not-running" });
    const members = await world
      .pool("control", "auditor")
      .query("select user_id from control.members where tenant_id = $1", [tenant.tenantId]);
    expect(members.rows).toEqual([{ user_id: tenant.userId }]);
  });
});

/** A replaced or deleted version of an object is kept for a while by the bucket, whatever is done; a rollback removes it too. */
function withoutVersions(lines: string[]): string[] {
  return lines.filter((line) => !line.startsWith("version "));
}
