import { setTimeout as sleep } from "node:timers/promises";
import { ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { countApplicationTraces } from "@leasehold/db/application/erasure/author-rows";
import { freezeHome } from "@leasehold/db/application/placement/close-home";
import { publishState } from "@leasehold/db/application/placement/publish-placement";
import { previewErasure, requestErasure } from "@leasehold/db/control/offboarding/erasure/request-erasure";
import { findExport } from "@leasehold/db/control/offboarding/exports/read-export";
import { requestOffboardingExport } from "@leasehold/db/control/offboarding/exports/request-offboarding-export";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { newId } from "@leasehold/domain/ids";
import { erasureSteps } from "@leasehold/domain/offboarding/erasure";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import { objectPrefixOf } from "@leasehold/domain/placement";
import { answerAccounts } from "@leasehold/portal/server/erasure/answer-accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErasingWorld, type ErasingWorld, erasureActivityNames as names } from "../support/certificates/erasing-world.ts";
import { addWorkspacePerson, tablesWith } from "../support/certificates/workspace-person.ts";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { askForExport, fetchArchive } from "../support/exports.ts";
import { holdClosing } from "../support/offboarding/hold-closing.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";

let erasing: ErasingWorld;
let world: ErasingWorld["world"];
let tenant: ErasingWorld["tenant"];
let clients: ErasingWorld["clients"];
let owners: DocumentsClient;
let ownersDocument: string;

beforeAll(async () => {
  erasing = await createErasingWorld();
  ({ world, tenant, clients, owners } = erasing);
  ownersDocument = await owners.store("The owner's.txt", Buffer.from("stays"));
});
afterAll(() => erasing?.[Symbol.asyncDispose]());

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
  const preview = await previewErasure(world.pool("control", "portal"), erasing.asOwner(), person);
  expect(preview).toMatchObject({ role: "admin", invitations: 2, legalHold: false, lastOwner: false });
  const operationId = await erasing.ask(person, "delete");
  await erasing.eraseWhole(operationId);

  expect(await tablesWith(world, person.email)).toEqual([]);
  expect(await tablesWith(world, person.name)).toEqual([]);
  expect(await tablesWith(world, person.userId)).toEqual(["control.audit", "app.audit"]);
  expect(await owners.objectCount()).toBe(before - 2);
  expect((await owners.read(ownersDocument)).toString()).toBe("stays");
  expect((await owners.list()).map(({ documentId }) => documentId)).not.toContain(person.documentIds[0]);
  const chain = await erasing.chainProblems();
  expect(chain.problems).toEqual([]);
  expect(chain.erased).toBeGreaterThan(3);

  const document = await erasing.certificateOf(operationId);
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
  await erasing.asDatabaseOwner("insert into control.members (tenant_id, user_id, role) values ($1, $2, 'owner')", [
    other.tenantId,
    person.userId,
  ]);
  const theirs = async () => (await owners.list()).filter(({ documentId }) => person.documentIds.includes(documentId));
  const before = await theirs();
  const operationId = await erasing.ask(person, "keep");
  await erasing.eraseWhole(operationId);
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
  const document = await erasing.certificateOf(operationId);
  expect(document.stores.find(({ store }) => store === "account")?.disposition).toBe("kept");
  expect(document.notChecked.map(({ item }) => item)).toEqual(["store:objects"]);
});

test("each step, carried out twice, is carried out once", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const operationId = await erasing.ask(person, "delete");
  for (const { step } of erasureSteps) {
    await erasing.run(names[step], operationId);
    await erasing.run(names[step], operationId, 2);
    if (step === "certify-erasure") break;
    await erasing.forget(step, operationId);
    await erasing.run(names[step], operationId, 3);
  }
  const document = await erasing.certificateOf(operationId);
  expect(document.stores.find(({ store }) => store === "control.members")).toMatchObject({ before: 1, after: 0 });
  expect(document.stores.find(({ store }) => store === "app.documents")).toMatchObject({ before: 2, after: 0 });
  expect(await tablesWith(world, person.email)).toEqual([]);
});

test("nobody is erased under a legal hold: not asked for, and not carried on", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const release = await erasing.hold();
  await expect(erasing.ask(person, "delete")).rejects.toMatchObject({ code: "PRECONDITION_FAILED", reason: "legal-hold" });
  await release();
  const operationId = await erasing.ask(person, "delete");
  await erasing.run("endPersonAccess", operationId);
  const releaseAgain = await erasing.hold();
  for (const name of ["erasePersonDocuments", "erasePersonTraces", "erasePersonAccount"] as const)
    await expect(erasing.run(name, operationId), name).rejects.toMatchObject({ type: "PRECONDITION_FAILED", nonRetryable: true });
  for (const id of person.documentIds) expect((await owners.read(id)).length).toBe(3);
  await releaseAgain();
  for (const { step } of erasureSteps.slice(1)) await erasing.run(names[step], operationId);
  expect(await tablesWith(world, person.email)).toEqual([]);
});

test("a legal hold that is placed while a step is under way stops it: before the documents, and before the account", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const operationId = await erasing.ask(person, "delete");
  await erasing.run("endPersonAccess", operationId);
  const deleting = erasing.run("erasePersonDocuments", operationId, 1, erasing.slowActivities).catch((error: unknown) => error);
  await sleep(500);
  const release = await erasing.hold();
  expect(await deleting).toMatchObject({ type: "PRECONDITION_FAILED", nonRetryable: true, details: ["legal-hold"] });
  for (const id of person.documentIds) expect((await owners.read(id)).length).toBe(3);
  await release();
  for (const name of ["erasePersonDocuments", "erasePersonTraces"] as const) await erasing.run(name, operationId, 2);
  const asked = erasing.run("erasePersonAccount", operationId).catch((error: unknown) => error);
  await expect.poll(() => tablesWith(world, person.userId)).toContain("control.account_erasures");
  const releaseAgain = await erasing.hold();
  expect(await asked).toMatchObject({ type: "PRECONDITION_FAILED", details: ["legal-hold"] });
  await erasing.asDatabaseOwner(
    "update control.account_erasures set sessions_ended_at = now() - interval '1 minute' where operation_id = $1",
    [operationId],
  );
  expect(await answerAccounts(erasing.portal)).toBe(0);
  expect(await tablesWith(world, person.email)).toEqual(["identity.users"]);
  await releaseAgain();
  for (const { step } of erasureSteps.slice(3)) await erasing.run(names[step], operationId, 2);
  expect(await tablesWith(world, person.email)).toEqual([]);
});

test("the last owner is not erased, nor somebody who never was here; the same key asks once", async () => {
  await expect(erasing.ask({ userId: tenant.userId, email: tenant.email }, "keep")).rejects.toMatchObject({ reason: "last-owner" });
  await expect(erasing.ask({ userId: newId("user"), email: "nobody@nowhere.example" }, "keep")).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  const person = await addWorkspacePerson(world, tenant);
  const request = { userId: person.userId, email: person.email, documents: "keep" as const, idempotencyKey: newId("command") };
  const portal = erasing.portal.control;
  const first = await requestErasure(portal, erasing.asOwner(), request);
  expect(await requestErasure(portal, erasing.asOwner(), request)).toMatchObject({ operationId: first.operationId, outcome: "repeated" });
  await expect(requestErasure(portal, erasing.asOwner(), { ...request, idempotencyKey: newId("command") })).rejects.toMatchObject({
    reason: "operation-open",
  });
  await erasing.eraseWhole(first.operationId);
});

const objectsOf = async (exportId: ExportId) => {
  const Prefix = `${objectPrefixOf(tenant.tenantId)}exports/${exportId}/`;
  const asked = new ListObjectVersionsCommand({ Bucket: world.stack.aws.poolBucket, Prefix });
  return (await new S3Client(world.aws("root")).send(asked)).Versions?.length ?? 0;
};
const archiveOf = async (of: Parameters<typeof fetchArchive>[2]) =>
  Buffer.from(await (await fetchArchive(world, tenant, of)).arrayBuffer()).toString();
const sealedNames = async () =>
  (await erasing.asDatabaseOwner("select from control.export_people where tenant_id = $1", [tenant.tenantId])).rowCount;

test("exports from before end with the person who is in them, built or not, and so does what was sealed for the next", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const exportId = await askForExport(world, tenant);
  await erasing.sealName(person);
  const ready = await erasing.buildExport(exportId);
  expect(await archiveOf(ready)).toContain(person.email);
  const open = await askForExport(world, tenant);
  await erasing.sealName(person);
  const operationId = await erasing.ask(person, "keep");
  await erasing.eraseWhole(operationId);
  const stateOf = async (id: ExportId) => (await findExport(erasing.portal.control, tenant.tenantId, id)) ?? expect.fail("it is gone");
  expect(await stateOf(exportId)).toMatchObject({ state: "EXPIRED" });
  expect(await stateOf(open)).toMatchObject({ state: "FAILED", failureCode: "person-erased" });
  expect([await objectsOf(exportId), await objectsOf(open), await sealedNames()]).toEqual([0, 0, 0]);
  expect((await fetchArchive(world, tenant, ready)).ok).toBe(false);
  const { stores } = await erasing.certificateOf(operationId);
  expect(stores.find(({ store }) => store === "exports")).toMatchObject({ disposition: "deleted", before: 2, after: 0 });
});

test("a person is erased from a workspace that is being let go, and its owners get an export without them in place of theirs", async () => {
  const person = await addWorkspacePerson(world, tenant);
  const { tenantId } = tenant;
  const closing = { reason: "", confirmation: tenant.slug, withExport: true, holdDays: 30, idempotencyKey: newId("command") };
  const ref = { tenantId, operationId: (await requestOffboarding(erasing.portal.control, erasing.asOwner(), closing)).operationId };
  await holdClosing(clients.control, ref);
  await publishState(clients.application, tenantId, "CLOSING");
  await freezeHome(clients.application, tenantId);
  const { exportId } = await requestOffboardingExport(clients.control, { ...ref, requestId: newId("request") });
  await erasing.sealName(person);
  const before = await erasing.buildExport(exportId);
  expect(await archiveOf(before)).toContain(person.email);

  const operationId = await erasing.ask(person, "delete");
  await erasing.eraseWhole(operationId);
  expect(await tablesWith(world, person.email)).toEqual([]);
  expect(await objectsOf(exportId)).toBe(0);
  const anew = erasing.begunExports.at(-1) ?? expect.fail("no other export was begun");
  expect(erasing.begunExports).toEqual([anew]);
  const after = await erasing.buildExport(anew);
  expect(after).toMatchObject({ operationId: ref.operationId, documents: before.documents - 2, expiresAt: null });
  const archive = await archiveOf(after);
  expect(archive).not.toContain(person.email);
  expect((await owners.read(ownersDocument)).toString()).toBe("stays");
  const { stores, notChecked } = await erasing.certificateOf(operationId);
  expect(stores.find(({ store }) => store === "exports")).toMatchObject({ before: 1, after: 0 });
  expect(notChecked).toEqual([]);
  expect((await erasing.chainProblems()).problems).toEqual([]);
});
