import {
  CancelKeyDeletionCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ListGrantsCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { readTenantKey } from "@leasehold/db/control/keys/read-tenant-key";
import type { TenantSummary } from "@leasehold/db/control/tenants/tenant-summary";
import { listWrappedKeys } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { keyChangeSteps } from "@leasehold/domain/keys/steps";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { createLogger } from "@leasehold/tenancy/logger";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { createObservedConsole, type ObservedConsole } from "../support/observed-console.ts";
import { awaitOutcome, readOperation, readSteps } from "../support/onboarding-outcome.ts";
import { createPortal, type Portal, password } from "../support/portal-fixtures.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { askFor, carryOut, closedFor, factsOf, resumed } from "../support/suspension.ts";
import { awaitKeys, createCustomerKey, requestKeys } from "../support/tenant-keys.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let kms: KMSClient;
let tenant: RequestedTenant;
let customerKey: string;
/** The same workspace through two processes. */
let here: DocumentsClient;
let there: DocumentsClient;
let document: string;
/** Where people of the workspace and operators look. */
let portal: Portal;
let viewer: Awaited<ReturnType<Portal["member"]>>;
let operators: ObservedConsole;

beforeAll(async () => {
  world = await createWorld();
  kms = new KMSClient(world.aws("root"));
  const issuers = issuersWithoutPortal(world.stack);
  await world.start("application", issuers);
  const { application: port } = await chooseFreePorts();
  await world.start("application", { ...issuers, APPLICATION_PORT: String(port) });
  await world.start("worker");
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "business" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  here = documentsOf(world, { ...tenant, plan: "business" });
  there = documentsOf(world, { ...tenant, plan: "business" }, `http://127.0.0.1:${port}`);
  document = await here.store("Before.txt", Buffer.from("from before"));
  await vi.waitFor(() => there.read(document), { timeout: 20_000, interval: 200 });
  customerKey = await createCustomerKey(world, tenant);
  portal = await createPortal(world);
  viewer = await portal.member("viewer", tenant);
  const seed = { email: `operator@${world.id}.example`, password };
  operators = await createObservedConsole(world, createLogger({ name: "console", level: "silent" }), seed);
  expect(await operators.signIn(password)).toBe(200);
});
afterAll(async () => {
  await operators?.[Symbol.asyncDispose]();
  await portal?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

const wrappedUnder = async () => [
  ...new Set((await listWrappedKeys(world.pool("keyring", "worker"), tenant.tenantId)).map((key) => key.keyArn)),
];
const keyState = () => readTenantKey(world.pool("control", "portal"), tenant.tenantId);
/** What the portal tells everybody in the workspace, and the console in its list and on the tenant's page. */
async function shown() {
  const { custody, state, closedBy } = await viewer.call((api) => api.keys.state({ slug: tenant.slug }));
  const listed = (await operators.ask("tenants.list", { search: tenant.slug })).data as { items: TenantSummary[] };
  const page = (await operators.ask("tenants.get", { tenantId: tenant.tenantId })).data as TenantSummary;
  const inList = listed.items.find(({ tenantId }) => tenantId === tenant.tenantId);
  return { portal: { custody, state, closedBy }, list: [inList?.state, inList?.key], page: [page.state, page.key] };
}
const grantsOn = async (KeyId: string) => (await kms.send(new ListGrantsCommand({ KeyId }))).Grants ?? [];
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => "answered",
    (error: Error & { data?: { reason?: string } }) => error.data?.reason ?? error.message,
  );

/** Keeps every wrapped key of the tenant from being replaced, until they are let go. */
async function holdKeys() {
  const owner = new pg.Client({ connectionString: world.ownerUrl("keyring") });
  await owner.connect();
  await owner.query("begin");
  await owner.query("select from keyring.data_keys where tenant_id = $1 for update", [tenant.tenantId]);
  return {
    reachedBy: (change: RequestedTenant) =>
      expect.poll(async () => (await readSteps(world, change)).rewrap, { timeout: 20_000 }).toMatch(/RUNNING|RETRYING/),
    letGo: () => owner.end(),
  };
}

async function isCancelled({ operationId }: RequestedTenant): Promise<boolean> {
  const { rows } = await world
    .pool("control", "auditor")
    .query("select workflow_id from control.operations where operation_id = $1", [operationId]);
  const { events } = await world.temporal.workflow.getHandle(rows[0].workflow_id).fetchHistory();
  return (events ?? []).some((event) => event.workflowExecutionCancelRequestedEventAttributes != null);
}

test("a key that lacks a permission is not taken, and the trial names exactly what is missing", async () => {
  const before = await wrappedUnder();
  const actions = ["kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant", "kms:Encrypt"].map(
    (action) => [action, [action]] as const,
  );
  const both = ["kms:Decrypt (payloads)", "kms:Decrypt"];
  for (const [missing, named] of [...actions, ["kms:Decrypt", both], ["LeaseholdOpensThisWorkspacesRuns", both.slice(0, 1)]] as const) {
    const keyArn = await createCustomerKey(world, tenant, { without: [missing] });
    const operationId = await requestKeys(world, tenant, { action: "change", keyArn, trial: "only" });
    const { trial, operation } = await awaitKeys(world, tenant, operationId);
    expect(operation?.state).toBe("SUCCEEDED");
    expect(
      trial?.problems.map(({ subject }) => subject),
      missing,
    ).toEqual(named);
    expect(await grantsOn(keyArn)).toEqual([]);
  }
  const disabled = await createCustomerKey(world, tenant);
  await kms.send(new DisableKeyCommand({ KeyId: disabled }));
  const asymmetric = await createCustomerKey(world, tenant, { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
  for (const [keyArn, subject] of [
    [disabled, "state"],
    [asymmetric, "key spec"],
  ] as const) {
    const operationId = await requestKeys(world, tenant, { action: "change", keyArn });
    const { trial, operation } = await awaitKeys(world, tenant, operationId);
    expect(operation?.state).toBe("ROLLED_BACK");
    expect(trial?.problems.map((problem) => problem.subject)).toEqual([subject]);
  }
  expect(await wrappedUnder()).toEqual(before);
  expect(await here.read(document)).toEqual(Buffer.from("from before"));
});

test("a key that Leasehold made for another workspace is not taken", async () => {
  const other = await requestOnboarding(world.pool("control", "portal"), { plan: "business" });
  expect((await awaitOutcome(world, other)).state).toBe("SUCCEEDED");
  const [theirs] = await listWrappedKeys(world.pool("keyring", "worker"), other.tenantId);
  const before = await wrappedUnder();
  const operationId = await requestKeys(world, tenant, { action: "change", keyArn: theirs?.keyArn ?? "" });
  const { trial, operation } = await awaitKeys(world, tenant, operationId);
  expect(operation?.state).toBe("ROLLED_BACK");
  expect(trial?.problems.map(({ subject }) => subject)).toEqual(["owner"]);
  expect(await wrappedUnder()).toEqual(before);
});

test("the data keys go under the customer's key while the tenant works, and nothing is encrypted anew", async () => {
  const operationId = await requestKeys(world, tenant, { action: "change", keyArn: customerKey });
  const { operation, custody } = await awaitKeys(world, tenant, operationId);
  expect({ state: operation?.state, custody }).toEqual({ state: "SUCCEEDED", custody: "customer" });
  expect(await readSteps(world, { ...tenant, operationId })).toEqual(
    Object.fromEntries(keyChangeSteps.map(({ step }) => [step, "SUCCEEDED"])),
  );
  expect(await wrappedUnder()).toEqual([customerKey]);
  const grants = await grantsOn(customerKey);
  expect(grants).toMatchObject([
    { Name: `leasehold-${tenant.tenantId}`, Constraints: { EncryptionContextSubset: { tenant: tenant.tenantId } } },
  ]);
  const { rows } = await world
    .pool("keyring", "auditor")
    .query("select count(*)::int as n from keyring.data_keys where tenant_id = $1 and previous_kms_key_arn is not null", [tenant.tenantId]);
  expect(rows).toEqual([{ n: 0 }]);
  for (const client of [here, there]) expect(await client.read(document)).toEqual(Buffer.from("from before"));
});

test("a key that is disabled closes the workspace in every process within a minute, and it opens again by itself", async () => {
  for (const client of [here, there]) await client.list();
  const off = Date.now();
  await kms.send(new DisableKeyCommand({ KeyId: customerKey }));
  const closed = { timeout: 60_000, interval: 500 };
  await expect.poll(() => refusalOf(here.list()), closed).toBe("customer-key-disabled");
  await expect.poll(() => refusalOf(there.read(document)), closed).toBe("PRECONDITION_FAILED customer-key-disabled");
  await expect.poll(async () => (await keyState()).state, { timeout: 60_000 - (Date.now() - off), interval: 500 }).toBe("CLOSED");
  expect((await keyState()).closedBy).toBe("key-disabled");
  const closedKey = { custody: "customer", closedBy: "key-disabled", lost: [] };
  expect(await shown()).toEqual({
    portal: { custody: "customer", state: "CLOSED", closedBy: "key-disabled" },
    list: ["ACTIVE", closedKey],
    page: ["ACTIVE", closedKey],
  });
  expect(await refusalOf(here.store("While closed.txt", Buffer.from("x")))).toBe("PRECONDITION_FAILED customer-key-disabled");

  await kms.send(new EnableKeyCommand({ KeyId: customerKey }));
  await expect.poll(() => refusalOf(there.read(document)), { timeout: 10_000 }).toBe("answered");
  await expect.poll(async () => (await keyState()).state, { timeout: 30_000 }).toBe("USABLE");
  const openKey = { ...closedKey, closedBy: null };
  expect(await shown()).toEqual({
    portal: { custody: "customer", state: "USABLE", closedBy: null },
    list: ["ACTIVE", openKey],
    page: ["ACTIVE", openKey],
  });
  expect(await here.read(document)).toEqual(Buffer.from("from before"));
  expect((await here.list()).map(({ name }) => name)).toEqual(["Before.txt"]);
});

test("a change away from a key that does not open is not begun; with the key enabled it goes back to the platform's", async () => {
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: customerKey, PendingWindowInDays: 7 }));
  const refused = await awaitKeys(world, tenant, await requestKeys(world, tenant, { action: "change" }));
  expect(refused.operation?.state).toBe("ROLLED_BACK");
  expect(refused.trial?.problems).toMatchObject([{ subject: "present key" }]);
  await kms.send(new CancelKeyDeletionCommand({ KeyId: customerKey }));
  await kms.send(new EnableKeyCommand({ KeyId: customerKey }));

  const back = await awaitKeys(world, tenant, await requestKeys(world, tenant, { action: "change" }));
  expect({ state: back.operation?.state, custody: back.custody }).toEqual({ state: "SUCCEEDED", custody: "platform" });
  expect(await wrappedUnder()).not.toContain(customerKey);
  expect(await grantsOn(customerKey)).toEqual([]);
  await kms.send(new DisableKeyCommand({ KeyId: customerKey }));
  expect(await here.read(document)).toEqual(Buffer.from("from before"));
});

test("a suspension does not wait for a change of key: it is taken back, and what the tenant is under then is cut off", async () => {
  const before = await wrappedUnder();
  const keyArn = await createCustomerKey(world, tenant);
  // From here the change would go on only when the keys are let go.
  const held = await holdKeys();
  const change = { ...tenant, operationId: await requestKeys(world, tenant, { action: "change", keyArn }) };
  const suspension = { ...tenant, operationId: await held.reachedBy(change).then(() => askFor(world, tenant, closedFor)) };
  await expect.poll(() => isCancelled(change), { timeout: 20_000 }).toBe(true);
  expect(await refusalOf(here.read(document))).toBe("PRECONDITION_FAILED tenant-suspended");
  expect(await factsOf(world, tenant)).toMatchObject({ home: "shut", withheld: false, key: "Enabled" });
  await held.letGo();
  expect([await awaitOutcome(world, suspension), await readOperation(world, change)]).toMatchObject([
    { state: "SUCCEEDED" },
    { state: "ROLLED_BACK" },
  ]);
  expect(await factsOf(world, tenant)).toMatchObject({ state: "SUSPENDED", withheld: true, key: "Disabled" });
  expect([await wrappedUnder(), await grantsOn(keyArn), (await keyState()).custody]).toEqual([before, [], "platform"]);
  expect((await carryOut(world, tenant, resumed)).state).toBe("SUCCEEDED");
  expect(await here.read(document)).toEqual(Buffer.from("from before"));
  const again = await awaitKeys(world, tenant, await requestKeys(world, tenant, { action: "change", keyArn }));
  expect({ state: again.operation?.state, custody: again.custody }).toEqual({ state: "SUCCEEDED", custody: "customer" });
}, 90_000);

test("keys of one's own are for plans that include them, in the region of the data, by ARN", async () => {
  const starter = await requestOnboarding(world.pool("control", "portal"), { plan: "starter" });
  expect((await awaitOutcome(world, starter)).state).toBe("SUCCEEDED");
  const ask = (of: RequestedTenant, keyArn: string) => requestKeys(world, of, { action: "change", keyArn });
  await expect(ask(starter, customerKey)).rejects.toMatchObject({ code: "FORBIDDEN", reason: "not-entitled" });
  const elsewhere = customerKey.replace("eu-central-1", "us-east-1");
  for (const keyArn of [elsewhere, "alias/mine", customerKey.replace("key/", "alias/"), `${customerKey}*`, ""]) {
    await expect(ask(tenant, keyArn)).rejects.toMatchObject({ code: "VALIDATION", field: "keyArn" });
  }
});
