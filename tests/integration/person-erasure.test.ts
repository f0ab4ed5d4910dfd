import { readVersions } from "@leasehold/activities/offboarding/certificates/read-versions";
import { createErasureActivities, type ErasureActivities } from "@leasehold/activities/offboarding/create-erasure-activities";
import { countApplicationTraces } from "@leasehold/db/application/erasure/author-rows";
import { readTenantLog } from "@leasehold/db/audit/read-tenant-log";
import { sealAudit } from "@leasehold/db/audit/seal-audit";
import { verifyChain } from "@leasehold/db/audit/verify-chain";
import { withConnection } from "@leasehold/db/client";
import { listCertificateKeys } from "@leasehold/db/control/offboarding/certificates/certificate-keys";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { previewErasure, requestErasure } from "@leasehold/db/control/offboarding/erasure/request-erasure";
import type { TenantContext } from "@leasehold/domain/context";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { type CertificateKey, certificateAlgorithm } from "@leasehold/domain/offboarding/certificate";
import { type ErasureChoice, type ErasureStep, erasureSteps } from "@leasehold/domain/offboarding/erasure";
import { expectedItemsOf } from "@leasehold/domain/offboarding/expected-items";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { answerAccounts } from "@leasehold/portal/server/erasure/answer-accounts";
import { signedFile } from "@leasehold/tenancy/certificates/signed-file";
import { verifyCertificate } from "@leasehold/tenancy/certificates/verify-certificate";
import { createLogger } from "@leasehold/tenancy/logger";
import { type Clients, createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addWorkspacePerson, tablesWith, type WorkspacePerson } from "../support/certificates/workspace-person.ts";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let clients: Clients;
let activities: ErasureActivities;
let tenant: RequestedTenant;
let owners: DocumentsClient;
let ownersDocument: string;
let answering: NodeJS.Timeout;

beforeAll(async () => {
  world = await createWorld();
  await world.start("application", issuersWithoutPortal(world.stack));
  const worker = await world.start("worker");
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  await worker.stop();
  clients = createClients(readEnv(stackEnv(world.stack, "worker")));
  const certifying = { ...clients, expectedItems: expectedItemsOf, versions: await readVersions(undefined) };
  activities = createErasureActivities({ ...certifying, tokenLifeMs: 0 });
  owners = documentsOf(world, { ...tenant, plan: "pro" });
  ownersDocument = await owners.store("The owner's.txt", Buffer.from("stays"));
  const portal = {
    env: { PORTAL_DATABASE_URL: world.urlOf("control", "portal") },
    control: world.pool("control", "portal"),
    identity: world.pool("control", "identity"),
    logger: createLogger({ name: "test", level: "error" }),
  };
  answering = setInterval(() => {
    void answerAccounts(portal).catch(() => {});
    void sealAudit(clients.control, "control").catch(() => {});
    void sealAudit(clients.application, "application").catch(() => {});
  }, 300);
});
afterAll(async () => {
  clearInterval(answering);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await clients?.close();
  await world[Symbol.asyncDispose]();
});

/** A step without its row here does not compile. */
const names: Record<ErasureStep, keyof ErasureActivities> = {
  "end-access": "endPersonAccess",
  "erase-documents": "erasePersonDocuments",
  "erase-traces": "erasePersonTraces",
  "erase-account": "erasePersonAccount",
  "look-again": "lookForPerson",
  "certify-erasure": "certifyErasure",
};

const asOwner = (): TenantContext => ({
  tenantId: tenant.tenantId,
  actor: { type: "user", userId: tenant.userId },
  requestId: newId("request"),
});

async function ask(person: Pick<WorkspacePerson, "userId" | "email">, documents: ErasureChoice): Promise<OperationId> {
  const { userId, email } = person;
  const request = { userId, email, documents, idempotencyKey: newId("command") };
  return (await requestErasure(world.pool("control", "portal"), asOwner(), request)).operationId;
}

async function run(name: keyof ErasureActivities, operationId: OperationId, attempt = 1): Promise<unknown> {
  const environment = new MockActivityEnvironment({ attempt, startToCloseTimeoutMs: 120_000 }, { logger: new DefaultLogger("ERROR") });
  return environment.run(activities[name] as (ref: object) => Promise<unknown>, { tenantId: tenant.tenantId, operationId });
}

/** As after a crash between the effect and its acknowledgement. */
async function forget(step: string, operationId: OperationId): Promise<void> {
  await asDatabaseOwner("update control.operation_steps set state = 'RUNNING' where operation_id = $1 and step = $2", [operationId, step]);
}

function asDatabaseOwner(text: string, values: unknown[]): Promise<unknown> {
  return withConnection(world.ownerUrl("control"), (owner) => owner.query(text, values));
}

async function eraseWhole(operationId: OperationId): Promise<void> {
  for (const { step } of erasureSteps) await run(names[step], operationId);
}

async function certificateOf(operationId: OperationId) {
  const [row] = await listCertificatesOf(world.pool("control", "portal"), { tenantId: tenant.tenantId, operationId });
  if (row === undefined) throw new Error("no certificate was issued");
  const { keys } = await listCertificateKeys(world.pool("control", "portal"));
  const published = keys.map(
    ({ keyId, publicKey, since }): CertificateKey => ({
      keyId,
      algorithm: certificateAlgorithm,
      publicKey: publicKey.toString("base64url"),
      since: since.toISOString(),
      retiredAt: null,
    }),
  );
  const verdict = await verifyCertificate(signedFile(row), published);
  if (!verdict.valid) throw new Error(verdict.message);
  return verdict.certificate.document;
}

async function chainProblems(): Promise<{ erased: number; problems: unknown[] }> {
  const urls = { control: world.urlOf("control", "auditor"), application: world.urlOf("application", "auditor") };
  const { entries, heads } = await readTenantLog(urls, tenant.tenantId);
  return verifyChain(
    entries.filter(({ seq }) => seq !== null),
    heads,
  );
}

test("an owner, and the person themselves, are told what an erasure is about; nobody else is", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const { tenantId } = tenant;
  const found = await countApplicationTraces(clients.application, tenantId, person.userId);
  const told = await owners.authored(person.userId);
  expect(told).toMatchObject({ documents: found.documents, apiKeys: found.apiKeys });
  expect(told.documents + told.folders).toBeGreaterThan(0);
  const as = (userId: string) => documentsOf(world, { tenantId, userId, plan: "pro", roles: ["viewer"] });
  expect(await as(person.userId).authored(person.userId)).toEqual(told);
  await expect(as(newId("user")).authored(person.userId)).rejects.toMatchObject({ data: { domainCode: "FORBIDDEN" } });
  expect(await owners.authored(newId("user"))).toEqual({ documents: 0, documentBytes: 0, folders: 0, apiKeys: 0 });
});

test("a person is erased with their documents: nothing names them but ids in the log, everybody else's stays, and the chain verifies", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const before = await owners.objectCount();
  const preview = await previewErasure(world.pool("control", "portal"), asOwner(), person);
  expect(preview).toMatchObject({ role: "admin", invitations: 2, legalHold: false, lastOwner: false });
  const operationId = await ask(person, "delete");
  await eraseWhole(operationId);

  expect(await tablesWith(world, person.email)).toEqual([]);
  expect(await tablesWith(world, person.name)).toEqual([]);
  expect(await tablesWith(world, person.userId)).toEqual(["control.audit", "app.audit"]);
  expect(await owners.objectCount()).toBe(before - 2);
  expect((await owners.read(ownersDocument)).toString()).toBe("stays");
  expect((await owners.list()).map(({ documentId }) => documentId)).not.toContain(person.documentIds[0]);
  const chain = await chainProblems();
  expect(chain.problems).toEqual([]);
  expect(chain.erased).toBeGreaterThan(3);

  const document = await certificateOf(operationId);
  const stores = Object.fromEntries(document.stores.map(({ store, disposition, before, after }) => [store, [disposition, before, after]]));
  expect(stores).toMatchObject({
    "control.members": ["deleted", 1, 0],
    "control.invitations": ["deleted", 2, 0],
    "app.api_keys": ["deleted", 1, 0],
    "app.documents": ["deleted", 2, 0],
    objects: ["deleted", 2, 0],
    "app.idempotency_keys": ["deleted", expect.any(Number), 0],
    "audit-chain": ["kept", 0, 0],
    account: ["deleted", expect.any(Number), 0],
  });
  expect(document.notChecked).toEqual([]);
  expect(document.copies).toMatchObject([{ copy: "database-backups", unreadableBy: "expiry" }]);
  const text = JSON.stringify(document);
  for (const secret of [person.userId, person.email, person.name, tenant.tenantId, tenant.slug]) expect(text).not.toContain(secret);
});

test("documents are kept without their author where the owner chose so, and the account where another workspace needs it", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const other = await requestOnboarding(world.pool("control", "portal"), { withCommand: false });
  await asDatabaseOwner("insert into control.members (tenant_id, user_id, role) values ($1, $2, 'owner')", [other.tenantId, person.userId]);
  const theirs = async () => (await owners.list()).filter(({ documentId }) => person.documentIds.includes(documentId));
  const before = await theirs();
  const operationId = await ask(person, "keep");
  await eraseWhole(operationId);
  for (const id of person.documentIds) expect((await owners.read(id)).length).toBe(3);
  const kept = await theirs();
  expect(kept.map(({ createdBy }) => createdBy)).toEqual(["erased", "erased"]);
  // Whoever has an ETag of before has a copy that names the person.
  expect(kept.map(({ version }) => version)).toEqual(before.map(({ version }) => version + 1));
  expect(await tablesWith(world, person.email)).toEqual(["identity.users"]);
  expect((await tablesWith(world, person.userId)).filter((table) => !table.endsWith(".audit"))).toEqual([
    "control.members",
    "identity.accounts",
    "identity.sessions",
    "identity.users",
  ]);
  const document = await certificateOf(operationId);
  expect(document.stores.find(({ store }) => store === "account")?.disposition).toBe("kept");
  expect(document.notChecked.map(({ item }) => item)).toEqual(["store:objects"]);
});

test("each step, carried out twice, is carried out once", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const operationId = await ask(person, "delete");
  for (const { step } of erasureSteps) {
    await run(names[step], operationId);
    await run(names[step], operationId, 2);
    if (step === "certify-erasure") break;
    await forget(step, operationId);
    await run(names[step], operationId, 3);
  }
  const document = await certificateOf(operationId);
  expect(document.stores.find(({ store }) => store === "control.members")).toMatchObject({ before: 1, after: 0 });
  expect(document.stores.find(({ store }) => store === "app.documents")).toMatchObject({ before: 2, after: 0 });
  expect(await tablesWith(world, person.email)).toEqual([]);
});

test("nobody is erased under a legal hold: not asked for, and not carried on", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const hold = async () => {
    const holdId = newId("legalHold");
    await asDatabaseOwner(
      "insert into control.legal_holds (tenant_id, hold_id, case_number, reason, placed_by) values ($1, $2, $2, 'r', 'operator:x')",
      [tenant.tenantId, holdId],
    );
    return () =>
      asDatabaseOwner("update control.legal_holds set released_by = 'operator:x', released_at = now() where hold_id = $1", [holdId]);
  };
  const release = await hold();
  await expect(ask(person, "delete")).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "legal-hold" });
  await release();
  const operationId = await ask(person, "delete");
  await run("endPersonAccess", operationId);
  const releaseAgain = await hold();
  for (const name of ["erasePersonDocuments", "erasePersonTraces", "erasePersonAccount"] as const)
    await expect(run(name, operationId), name).rejects.toMatchObject({ type: "PRECONDITION_FAILED", nonRetryable: true });
  for (const id of person.documentIds) expect((await owners.read(id)).length).toBe(3);
  await releaseAgain();
  for (const { step } of erasureSteps.slice(1)) await run(names[step], operationId);
  expect(await tablesWith(world, person.email)).toEqual([]);
});

test("the last owner is not erased, nor somebody who never was here; the same key asks once", async () => {
  await expect(ask({ userId: tenant.userId, email: tenant.email }, "keep")).rejects.toMatchObject({ reason: "last-owner" });
  await expect(ask({ userId: newId("user"), email: "nobody@nowhere.example" }, "keep")).rejects.toMatchObject({ code: "NOT_FOUND" });
  const person = await addWorkspacePerson(world, tenant);
  const request = { userId: person.userId, email: person.email, documents: "keep" as const, idempotencyKey: newId("command") };
  const portal = world.pool("control", "portal");
  const first = await requestErasure(portal, asOwner(), request);
  expect(await requestErasure(portal, asOwner(), request)).toMatchObject({ operationId: first.operationId, outcome: "repeated" });
  await expect(requestErasure(portal, asOwner(), { ...request, idempotencyKey: newId("command") })).rejects.toMatchObject({
    reason: "operation-open",
  });
  await eraseWhole(first.operationId);
});
