import { CancelKeyDeletionCommand, DisableKeyCommand, EncryptCommand, KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { STSClient } from "@aws-sdk/client-sts";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { withConnection } from "@leasehold/db/client";
import { changeHold } from "@leasehold/db/control/offboarding/change-hold";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { requestIntervention } from "@leasehold/db/control/operations/request-intervention";
import type { TenantContext } from "@leasehold/domain/context";
import { newId } from "@leasehold/domain/ids";
import type { PlanId } from "@leasehold/domain/plans";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { createCredentialVendor } from "@leasehold/tenancy/credentials/vend-credentials";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restClient } from "../support/api-client.ts";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { askForExport, awaitExport } from "../support/exports.ts";
import { awaitOutcome, readOperation, readSteps } from "../support/onboarding-outcome.ts";
import { operators } from "../support/operators.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { activeFacts, askFor, carryOut, closedFor, factsOf, privateReason, readOnlyFor, resumed, snapshot } from "../support/suspension.ts";
import { awaitKeys, createCustomerKey, requestKeys } from "../support/tenant-keys.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

interface Tenant extends RequestedTenant {
  plan: PlanId;
  documents: DocumentsClient;
  documentId: string;
  /** Asks for the documents as a program with an API key. @returns status and reason */
  asProgram(): Promise<string>;
}

const refused = "PRECONDITION_FAILED tenant-suspended";
let world: World;
let business: Tenant;
let starter: Tenant;
let enterprise: Tenant;
const plansHere = ["business", "starter", "enterprise"] as const;
type PlanHere = (typeof plansHere)[number];
/** Whose KMS key is not others' as well. */
const withOwnKey: readonly PlanHere[] = ["business", "enterprise"];
const tenantOf = (plan: PlanHere) => ({ business, starter, enterprise })[plan];

beforeAll(async () => {
  world = await createWorld();
  const { url } = await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
  [business, starter, enterprise] = (await Promise.all(plansHere.map((plan) => makeTenant(plan, url)))) as [Tenant, Tenant, Tenant];
}, 120_000);
afterAll(() => world?.[Symbol.asyncDispose]());

async function makeTenant(plan: PlanId, url: string): Promise<Tenant> {
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  const documents = documentsOf(world, { ...tenant, plan });
  const documentId = await documents.store("Kept.txt", Buffer.from("kept through everything"));
  const owner = restClient(url, await world.tokenFor({ ...tenant, plan }));
  const made = await owner("POST", "/v1/api-keys", { name: "Nightly", scopes: ["documents:read"], expiresInDays: 30 });
  const program = restClient(url, made.body.key);
  const asProgram = async () => {
    const { status, body } = await program("GET", "/v1/documents");
    return status === 200 ? "200" : `${status} ${body.reason}`;
  };
  expect(await asProgram()).toBe("200");
  return { ...tenant, plan, documents, documentId, asProgram };
}

const readBack = async ({ documents, documentId }: Tenant) => (await documents.read(documentId)).toString();
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const reasonOf = (error: unknown) => (error as { reason?: string }).reason;

/** Something under the tenant's KMS key with credentials that were vended now, and again whenever it is called. */
async function vendedNow({ tenantId, plan }: Tenant): Promise<() => Promise<unknown>> {
  const { placement } = await findPlacement(world.pool("application", "app_tenant"), tenantId);
  const vendor = createCredentialVendor({ sts: new STSClient(world.aws("application")) });
  const credentials = await vendor.vendTenantCredentials({ tenantId, plan, placement });
  const kms = new KMSClient({ ...world.aws("application"), credentials });
  const EncryptionContext = { tenant: tenantId };
  return () => kms.send(new EncryptCommand({ KeyId: placement.keyArn, Plaintext: Buffer.from("x"), EncryptionContext }));
}

const rowsOf = (table: string, { tenantId }: Tenant, more = "") =>
  withConnection(world.ownerUrl("control"), (owner) => owner.query(`select * from ${table} t where t.tenant_id = $1 ${more}`, [tenantId]));

describe("a closed suspension", () => {
  test.each(plansHere)(
    "of %s refuses everybody, cuts off what was given out, and leaves no trace when it ends",
    async (plan) => {
      const tenant = tenantOf(plan);
      const before = await snapshot(world, tenant);
      const vended = withOwnKey.includes(plan) ? await vendedNow(tenant) : undefined;
      await vended?.();
      const { state, operationId } = await carryOut(world, tenant, closedFor);
      expect(state).toBe("SUCCEEDED");
      const key = withOwnKey.includes(plan) ? "Disabled" : null;
      const facts = { state: "SUSPENDED", access: "closed", heldBy: null, published: "SUSPENDED", publishedAccess: "closed", home: "shut" };
      expect(await factsOf(world, tenant)).toEqual({ ...facts, withheld: true, key });
      // Each bound of docs/security.md at its smallest: the fence refuses whoever was let in with an older answer.
      expect(await readBack(tenant).catch(messageOf)).toBe(refused);
      expect(await tenant.documents.list().catch(messageOf)).toContain("suspended");
      expect(await tenant.asProgram()).toBe("412 tenant-suspended");
      await expect(vended?.() ?? Promise.reject({ name: "DisabledException" })).rejects.toMatchObject({ name: "DisabledException" });
      await tellsOwners(tenant, operationId, "workspace-suspended");

      const ended = await carryOut(world, tenant, resumed);
      expect(ended.state).toBe("SUCCEEDED");
      expect(await snapshot(world, tenant)).toEqual(before);
      expect(await readBack(tenant)).toBe("kept through everything");
      await expect.poll(() => tenant.asProgram(), { timeout: 10_000 }).toBe("200");
      await vended?.();
      await tellsOwners(tenant, ended.operationId, "workspace-resumed");
    },
    90_000,
  );

  test("refuses the end of an upload that was under way, and it does not become a document", async () => {
    const tenant = starter;
    const pieces = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pieces.writable.getWriter();
    const documentId = newId("document");
    const answer = fetch(`${stackEnv(world.stack, "portal").APPLICATION_URL}/documents/body?name=slow&documentId=${documentId}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${await world.tokenFor(tenant)}`, "content-type": "text/plain" },
      body: pieces.readable,
      duplex: "half",
    } as RequestInit);
    await writer.write(new Uint8Array(200_000).fill(1));
    const uploading = async () => (await snapshot(world, tenant))["app.documents"] as { row: { document_id: string } }[];
    await expect.poll(async () => (await uploading()).some(({ row }) => row.document_id === documentId), { timeout: 10_000 }).toBe(true);
    expect((await carryOut(world, tenant, closedFor)).state).toBe("SUCCEEDED");
    await writer.write(new Uint8Array(200_000).fill(2));
    await writer.close();
    const refusal = await answer;
    expect([refusal.status, await refusal.json()]).toMatchObject([412, { error: { reason: "tenant-suspended" } }]);
    expect((await carryOut(world, tenant, resumed)).state).toBe("SUCCEEDED");
    expect((await tenant.documents.list()).map((document) => document.documentId)).toEqual([tenant.documentId]);
  }, 60_000);

  test("under a customer's own key ends our grant on it, leaves the key as it is, and gives the grant again", async () => {
    const keyArn = await createCustomerKey(world, business);
    const changed = await awaitKeys(world, business, await requestKeys(world, business, { action: "change", keyArn }));
    expect(changed.operation?.state).toBe("SUCCEEDED");
    const before = await snapshot(world, business);
    const grants = async () => (await rowsOf("control.resources", business, "and t.kind = 'kms-grant' and t.state = 'MADE'")).rowCount;
    expect(await grants()).toBe(1);
    expect((await carryOut(world, business, closedFor)).state).toBe("SUCCEEDED");
    expect(await factsOf(world, business)).toMatchObject({ home: "shut", withheld: true, key: "Enabled" });
    expect(await grants()).toBe(0);
    expect((await carryOut(world, business, resumed)).state).toBe("SUCCEEDED");
    expect(await snapshot(world, business)).toEqual(before);
    expect(await readBack(business)).toBe("kept through everything");
    await awaitKeys(world, business, await requestKeys(world, business, { action: "change" }));
  }, 120_000);
});

async function tellsOwners(tenant: Tenant, operationId: string, template: string): Promise<void> {
  const mails = await rowsOf("control.mail_requests", tenant, `and t.template = '${template}' and t.request_key like '%${operationId}'`);
  expect(mails.rowCount).toBe(1);
  const facts = await rowsOf("control.outbox", tenant, `and t.operation_id = '${operationId}'`);
  expect(facts.rows).toHaveLength(1);
  const log = await rowsOf("control.audit", tenant, `and (t.target = '${operationId}' or t.operation_id = '${operationId}')`);
  expect(log.rows.length).toBeGreaterThan(1);
  expect(JSON.stringify([mails.rows, facts.rows, log.rows])).not.toContain(privateReason);
}

test.each(withOwnKey)(
  "a suspension of %s that leaves owners reading refuses every change, everybody else and every API key",
  async (plan) => {
    const tenant = tenantOf(plan);
    const before = await snapshot(world, tenant);
    expect((await carryOut(world, tenant, readOnlyFor)).state).toBe("SUCCEEDED");
    expect(await factsOf(world, tenant)).toMatchObject({ published: "SUSPENDED", home: "suspended", withheld: false, key: "Enabled" });
    expect(await readBack(tenant)).toBe("kept through everything");
    expect(await tenant.documents.store("More.txt", Buffer.from("x")).catch(messageOf)).toBe(refused);
    expect((await awaitExport(world, tenant.tenantId, await askForExport(world, tenant))).state).toBe("READY");
    const member = await world.tokenFor({ ...tenant, roles: ["admin"] });
    const asAdmin = async () => {
      const url = `${stackEnv(world.stack, "portal").APPLICATION_URL}/documents/${tenant.documentId}/body`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${member}` } });
      return answer.ok ? "200" : `${answer.status} ${((await answer.json()) as { error: { reason: string } }).error.reason}`;
    };
    // Who was let in before is believed for five seconds, to read; the fence refuses writes at once.
    for (const asks of [asAdmin, tenant.asProgram]) await expect.poll(asks, { timeout: 10_000 }).toBe("412 tenant-suspended");
    expect((await carryOut(world, tenant, resumed)).state).toBe("SUCCEEDED");
    expect(await snapshot(world, tenant)).toEqual(before);
  },
  60_000,
);

describe("asked for at once", () => {
  test("one key is one suspension, two are one as well, and a closing goes before or after it", async () => {
    const key = newId("command");
    const same = await Promise.all([1, 2, 3].map(() => askFor(world, starter, closedFor, key)));
    expect(new Set(same).size).toBe(1);
    const others = await Promise.all([closedFor, readOnlyFor].map((asked) => askFor(world, starter, asked).catch(reasonOf)));
    expect(others.every((reason) => reason === "operation-open" || reason === "tenant-not-active")).toBe(true);
    await expect(askFor(world, starter, readOnlyFor, key)).rejects.toMatchObject({ reason: "idempotency-key-reused" });
    expect((await awaitOutcome(world, { ...starter, operationId: same[0] as never })).state).toBe("SUCCEEDED");
    await expect(askFor(world, starter, closedFor)).rejects.toMatchObject({ reason: "tenant-not-active" });
    const both = await Promise.all([askFor(world, starter, resumed).catch(reasonOf), close(starter).catch(reasonOf)]);
    // Whichever came first; the other is refused unless the first had ended.
    expect(both.filter((outcome) => outcome === "operation-open").length).toBeLessThan(2);
    const [resuming, closing] = both.map((outcome) => (outcome === "operation-open" ? undefined : (outcome as never)));
    if (resuming !== undefined) expect((await awaitOutcome(world, { ...starter, operationId: resuming })).state).toBe("SUCCEEDED");
    if (closing !== undefined) await cancel(starter, closing);
    if ((await factsOf(world, starter)).state === "SUSPENDED") await carryOut(world, starter, resumed);
    expect(await factsOf(world, starter)).toMatchObject(activeFacts);
    await expect(askFor(world, starter, resumed)).rejects.toMatchObject({ reason: "tenant-not-suspended" });
  }, 120_000);

  test("a tenant that is still being made is not suspended", async () => {
    const made = await requestOnboarding(world.pool("control", "portal"), { plan: "starter", withCommand: false });
    await expect(askFor(world, made, closedFor)).rejects.toMatchObject({ reason: "tenant-not-active" });
  });
});

const owner = ({ tenantId, userId }: Tenant): TenantContext => ({ tenantId, actor: { type: "user", userId }, requestId: newId("request") });
const close = async (tenant: Tenant) => {
  const request = { reason: "", confirmation: tenant.slug, withExport: false, holdDays: 30, idempotencyKey: newId("command") };
  return (await requestOffboarding(world.pool("control", "portal"), owner(tenant), request)).operationId;
};
const cancel = async (tenant: Tenant, operationId: `op_${string}`) => {
  await changeHold(world.pool("control", "portal"), owner(tenant), {
    change: "cancel",
    operationId,
    reason: "",
    idempotencyKey: newId("command"),
  });
  expect(await awaitOutcome(world, { ...tenant, operationId })).toMatchObject({ state: "ROLLED_BACK", attention_reason: null });
};

test("a closed tenant that is let go opens its keys for its owners' reading, and is closed as before when that is cancelled", async () => {
  expect((await carryOut(world, business, closedFor)).state).toBe("SUCCEEDED");
  const suspended = await snapshot(world, business);
  const operationId = await close(business);
  await expect
    .poll(() => factsOf(world, business), { timeout: 20_000 })
    .toMatchObject({ state: "CLOSING", heldBy: null, key: "Enabled", withheld: false });
  expect(await readBack(business)).toBe("kept through everything");
  expect(await business.asProgram()).toBe("412 tenant-closing");
  await cancel(business, operationId);
  const after = await snapshot(world, business);
  expect({ ...after, "keyring.data_keys": "" }).toEqual({ ...suspended, "keyring.data_keys": "" });
  expect(await factsOf(world, business)).toMatchObject({
    state: "SUSPENDED",
    access: "closed",
    home: "shut",
    withheld: true,
    key: "Disabled",
  });
  expect(await readBack(business).catch(messageOf)).toBe(refused);
  expect((await carryOut(world, business, resumed)).state).toBe("SUCCEEDED");
}, 90_000);

test("an end that cannot bring the keys back parks; rolled back the tenant is suspended as before, and put right it works", async () => {
  expect((await carryOut(world, business, closedFor)).state).toBe("SUCCEEDED");
  const suspended = await snapshot(world, business);
  const { placement } = await findPlacement(world.pool("application", "app_tenant"), business.tenantId);
  const kms = new KMSClient(world.aws("root"));
  const KeyId = placement.keyArn;
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  const parked = await carryOut(world, business, resumed);
  expect(parked).toMatchObject({ state: "NEEDS_ATTENTION", attention_step: "restore-keys", attention_code: "PRECONDITION_FAILED" });
  expect(await readBack(business).catch(messageOf)).toBe(refused);
  const ref = { ...business, operationId: parked.operationId };
  await requestIntervention(world.pool("control", "operator"), {
    ...ref,
    action: "roll-back",
    step: "restore-keys",
    reason: "a test",
    idempotencyKey: newId("command"),
    operatorId: operators.ada,
    requestId: newId("request"),
  });
  expect((await awaitOutcome(world, ref, ["ROLLED_BACK"])).state).toBe("ROLLED_BACK");
  await kms.send(new CancelKeyDeletionCommand({ KeyId }));
  await kms.send(new DisableKeyCommand({ KeyId }));
  expect(await snapshot(world, business)).toEqual(suspended);
  expect((await carryOut(world, business, resumed)).state).toBe("SUCCEEDED");
  expect(await readBack(business)).toBe("kept through everything");
  expect((await readOperation(world, ref)).state).toBe("ROLLED_BACK");
}, 90_000);

test("a suspension does not wait for a rotation: its people are refused at once, and it is rolled back before the keys are switched off", async () => {
  const rotation = { ...enterprise, operationId: await requestKeys(world, enterprise, { action: "rotate" }) };
  // From here it would wait for the longest lease, at the least.
  await expect.poll(async () => (await readSteps(world, rotation)).retire, { timeout: 20_000 }).toBe("RUNNING");
  const { state } = await carryOut(world, enterprise, closedFor);
  expect([state, (await readOperation(world, rotation)).state]).toEqual(["SUCCEEDED", "ROLLED_BACK"]);
  expect(await factsOf(world, enterprise)).toMatchObject({ state: "SUSPENDED", home: "shut", withheld: true, key: "Disabled" });
  await expect(requestKeys(world, enterprise, { action: "rotate" })).rejects.toMatchObject({ reason: "tenant-not-active" });
  expect((await carryOut(world, enterprise, resumed)).state).toBe("SUCCEEDED");
  expect(await readBack(enterprise)).toBe("kept through everything");
  const again = await enterprise.documents.store("After.txt", Buffer.from("under the newest key"));
  expect((await enterprise.documents.read(again)).toString()).toBe("under the newest key");
}, 90_000);
