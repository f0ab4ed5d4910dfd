import { withConnection } from "@leasehold/db/client";
import { changeHold } from "@leasehold/db/control/offboarding/change-hold";
import { keepExportPeople } from "@leasehold/db/control/offboarding/exports/export-people";
import { findExportOf } from "@leasehold/db/control/offboarding/exports/read-export";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { withControl } from "@leasehold/db/control/with-control";
import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId } from "@leasehold/domain/ids";
import type { PlanId } from "@leasehold/domain/plans";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { sealPeople } from "@leasehold/tenancy/mail/seal-people";
import { offboardingWorkflowId } from "@leasehold/workflows/offboarding/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { restClient } from "../support/api-client.ts";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { awaitExport, fetchArchive } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { operators } from "../support/operators.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { activeFacts, factsOf, snapshot } from "../support/suspension.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

interface Tenant extends RequestedTenant {
  plan: PlanId;
  documents: DocumentsClient;
  documentId: string;
  /** Asks for the documents as a program with an API key. @returns the status */
  asProgram(): Promise<number>;
}

const body = "kept through a closing";
let world: World;
let tenants: Record<"business" | "pro", Tenant>;

// Exports wait for the names of people, which these tests seal when they want one to be built.
beforeAll(async () => {
  world = await createWorld();
  const { url } = await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker", { EXPORT_PEOPLE_SECONDS: "600" });
  const [business, pro] = await Promise.all([makeTenant("business", url), makeTenant("pro", url)]);
  tenants = { business, pro };
}, 120_000);
afterAll(() => world?.[Symbol.asyncDispose]());

async function makeTenant(plan: PlanId, url: string): Promise<Tenant> {
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  await owner("insert into control.members (tenant_id, user_id, role, invited_by) values ($1, $2, 'admin', $3), ($1, $4, 'viewer', $3)", [
    tenant.tenantId,
    newId("user"),
    `user:${tenant.userId}`,
    newId("user"),
  ]);
  const documents = documentsOf(world, { ...tenant, plan });
  await documents.createFolder("Kept too");
  const documentId = await documents.store("Kept.txt", Buffer.from(body));
  const asOwner = restClient(url, await world.tokenFor({ ...tenant, plan }));
  const made = await asOwner("POST", "/v1/api-keys", { name: "Nightly", scopes: ["documents:read"], expiresInDays: 30 });
  const program = restClient(url, made.body.key);
  return { ...tenant, plan, documents, documentId, asProgram: async () => (await program("GET", "/v1/documents")).status };
}

const owner = (text: string, values: unknown[]) => withConnection(world.ownerUrl("control"), (client) => client.query(text, values));
const asOwnerOf = ({ tenantId, userId }: Tenant): TenantContext => ({
  ...{ tenantId, actor: { type: "user", userId } },
  requestId: newId("request"),
});

async function close(tenant: Tenant, chosen: { withExport?: boolean; holdDays?: number } = {}): Promise<OperationId> {
  const asked = { reason: "", confirmation: tenant.slug, withExport: true, holdDays: 30, ...chosen, idempotencyKey: newId("command") };
  return (await requestOffboarding(world.pool("control", "portal"), asOwnerOf(tenant), asked)).operationId;
}

async function stateOf(operationId: OperationId, step: string): Promise<string | undefined> {
  const text = "select state from control.operation_steps where operation_id = $1 and step = $2";
  return (await owner(text, [operationId, step])).rows[0]?.state;
}

function cancel(tenant: Tenant, operationId: OperationId): Promise<unknown> {
  const decided = { change: "cancel", operationId, reason: "", idempotencyKey: newId("command") } as const;
  return changeHold(world.pool("control", "portal"), asOwnerOf(tenant), decided);
}

async function exportIn(tenant: Tenant, operationId: OperationId, state: string) {
  const found = () => findExportOf(world.pool("control", "portal"), tenant.tenantId, operationId);
  await expect.poll(async () => (await found())?.state, { timeout: 30_000 }).toBe(state);
  return (await found()) ?? expect.fail("the export is gone");
}

async function sealNames({ tenantId, userId, email }: Tenant): Promise<void> {
  const sealed = await sealPeople(publicHalf(world.stack.secrets.mailKey), [{ userId, name: "Ada", email }]);
  await withControl(world.pool("control", "portal"), { tenantId }, (tx) => keepExportPeople(tx, tenantId, sealed));
}

async function expectReopened(tenant: Tenant, operationId: OperationId, before: unknown): Promise<void> {
  expect(await awaitOutcome(world, { ...tenant, operationId }, ["ROLLED_BACK"], 20_000)).toMatchObject({ attention_reason: null });
  expect(await snapshot(world, tenant)).toEqual(before);
  expect(await factsOf(world, tenant)).toMatchObject(activeFacts);
  expect((await tenant.documents.read(tenant.documentId)).toString()).toBe(body);
  await expect.poll(() => tenant.asProgram(), { timeout: 10_000 }).toBe(200);
}

/** Has a closing's run grow until Temporal suggests that another goes on, and waits for that. */
async function growLong(operationId: OperationId): Promise<void> {
  const run = world.temporal.workflow.getHandle(offboardingWorkflowId(operationId));
  const { runId } = await run.describe();
  // Over the four MiB of history that the server takes for long.
  for (let sent = 0; sent < 24; sent++) await run.signal("offboardingChanged", "x".repeat(200_000));
  await expect.poll(async () => (await run.describe()).runId, { timeout: 30_000 }).not.toBe(runId);
}

test.each(["business", "pro"] as const)(
  "a workspace of %s that was closed into its hold, with its export, is everything that it was when that is cancelled",
  async (plan) => {
    const tenant = tenants[plan];
    const before = await snapshot(world, tenant);
    const operationId = await close(tenant);
    await sealNames(tenant);
    const ready = await exportIn(tenant, operationId, "READY");
    await expect.poll(() => factsOf(world, tenant), { timeout: 20_000 }).toMatchObject({ state: "CLOSING", heldBy: null, home: "closing" });
    // Where the tenant is was looked up moments ago, and is believed for five seconds.
    await expect.poll(() => tenant.asProgram(), { timeout: 10_000 }).toBe(412);
    expect(await tenant.documents.store("New.txt", Buffer.from("no")).catch((error: Error) => error.message)).toContain("tenant-closing");
    await cancel(tenant, operationId);
    await expectReopened(tenant, operationId, before);
    const written = await tenant.documents.store("After.txt", Buffer.from("open again"));
    expect((await tenant.documents.read(written)).toString()).toBe("open again");
    expect((await awaitExport(world, tenant.tenantId, ready.exportId)).state).toBe("READY");
    expect((await fetchArchive(world, tenant, ready)).status).toBe(200);
  },
  90_000,
);

test("a closing that is cancelled while its export is being built opens again at once", async () => {
  const { pro } = tenants;
  const before = await snapshot(world, pro);
  const operationId = await close(pro);
  const { exportId } = await exportIn(pro, operationId, "RUNNING");
  await cancel(pro, operationId);
  await expectReopened(pro, operationId, before);
  await sealNames(pro);
  expect((await awaitExport(world, pro.tenantId, exportId)).state).toBe("READY");
}, 60_000);

test("a closing that is cancelled where it is parked opens again with nobody deciding about the step", async () => {
  const { pro } = tenants;
  const before = await snapshot(world, pro);
  const operationId = await close(pro);
  const { exportId } = await exportIn(pro, operationId, "RUNNING");
  await owner("update control.exports set state = 'FAILED', failure_code = 'failed', ended_at = now() where export_id = $1", [exportId]);
  const parked = await awaitOutcome(world, { ...pro, operationId }, ["NEEDS_ATTENTION"]);
  expect(parked).toMatchObject({ attention_step: "export", attention_code: "PRECONDITION_FAILED" });
  await cancel(pro, operationId);
  await expectReopened(pro, operationId, before);
}, 60_000);

test("a hold whose run grew long goes on as another run: cancelled it opens again, and let go it is erased", async () => {
  const { business } = tenants;
  const before = await snapshot(world, business);
  const cancelled = await close(business, { withExport: false });
  await expect.poll(() => stateOf(cancelled, "hold"), { timeout: 20_000 }).toBe("SUCCEEDED");
  await growLong(cancelled);
  await cancel(business, cancelled);
  await expectReopened(business, cancelled, before);

  const ctx = (operatorId: string) => ({
    tenantId: business.tenantId,
    actor: { type: "operator", operatorId } as const,
    requestId: newId("request"),
  });
  const operator = world.pool("control", "operator");
  // Before the closing: a hold of no days is over as soon as it has begun.
  const { holdId } = await placeLegalHold(operator, ctx(operators.ada), { caseNumber: "2031-7", reason: "A court asks" });
  const erased = await close(business, { withExport: false, holdDays: 0 });
  await expect.poll(() => stateOf(erased, "hold"), { timeout: 20_000 }).toBe("SUCCEEDED");
  await growLong(erased);
  expect(await factsOf(world, business)).toMatchObject({ state: "CLOSING" });
  await releaseLegalHold(operator, ctx(operators.grace), { holdId, reason: "The case is closed" });
  await expect.poll(() => stateOf(erased, "destroy-keys"), { timeout: 30_000 }).toBe("SUCCEEDED");
  expect(await factsOf(world, business)).toMatchObject({ state: "SHREDDING" });
}, 120_000);
