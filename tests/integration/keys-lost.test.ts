import { replaceLostKeys } from "@leasehold/activities/keys/give-up-keys";
import { archiveIndex } from "@leasehold/application/exports/archive-index";
import { exportDocuments } from "@leasehold/application/exports/export-documents";
import { exportRows } from "@leasehold/application/exports/export-rows";
import { finishExport, readPart } from "@leasehold/application/exports/finish-export";
import { ndjson, textOf, writePart } from "@leasehold/application/exports/write-part";
import { reencryptPage } from "@leasehold/application/keys/reencrypt-page";
import { type Manifest, manifestPath } from "@leasehold/archive/format";
import { countUnderOldKeys } from "@leasehold/db/application/keys/count-under-old-keys";
import { sealAudit } from "@leasehold/db/audit/seal-audit";
import { keepDataKey } from "@leasehold/db/keyring/keep-data-key";
import { newId } from "@leasehold/domain/ids";
import { missingLabels } from "@leasehold/domain/offboarding/exports";
import type { AppContext } from "@leasehold/tenancy/context";
import { generateWrappedDataKey } from "@leasehold/tenancy/keys/wrapped-key";
import { createLogger } from "@leasehold/tenancy/logger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApiKey, type RestClient, restClient } from "../support/api-client.ts";
import {
  type ApplicationClient,
  type ApplicationTenant,
  type ApplicationWorld,
  createApplicationWorld,
} from "../support/application-world.ts";
import { loseDataKey } from "../support/lose-data-key.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
let member: ApplicationClient;
let owner: ApplicationClient;
let call: RestClient;
let folderId: string;
let unindexed: ApplicationTenant;
let reader: ApplicationClient;
const [alpha, beta, second] = [newId("document"), newId("document"), newId("document")];
const [plan, scan, fresh] = [newId("document"), newId("document"), newId("document")];
const log = createLogger({ name: "test", level: "silent" });
const lostName = { name: "Name lost", nameLost: true };
const keyLost = expect.objectContaining({ data: expect.objectContaining({ domainCode: "PRECONDITION_FAILED", reason: "key-lost" }) });

const addVersion = async (version: number) => {
  const { tenantId, placement } = tenant;
  const wrapped = await generateWrappedDataKey(app.kms, { tenantId, version, keyArn: placement.keyArn });
  await keepDataKey(app.world.pool("keyring", "worker"), tenantId, { version, wrapped, kmsKeyArn: placement.keyArn });
};
const contextOf = (of = tenant): AppContext => ({
  ...of,
  actor: { type: "system", operationId: newId("operation") },
  requestId: newId("request"),
  roles: [],
  tokenScope: undefined,
});

beforeAll(async () => {
  app = await createApplicationWorld();
  tenant = await app.createTenant();
  member = await app.as(tenant);
  owner = await app.as(tenant, "owner");
  for (const [documentId, name] of [
    [plan, "Old plan.txt"],
    [scan, "Old scan.txt"],
  ] as const) {
    expect((await member.put({ documentId, name }, "what is lost")).status).toBe(200);
  }
  ({ folderId } = await member.trpc.documents.createFolder.mutate({ name: "Old folder" }));
  const { key } = await makeApiKey(app, tenant);
  call = restClient(app.url, key);
  await addVersion(2);
  await loseDataKey(app.world, tenant.tenantId, 1);
  unindexed = await app.createTenant();
  reader = await app.as(unindexed);
  expect((await reader.put({ documentId: alpha, name: "Alpha plan.txt" }, "a")).status).toBe(200);
  expect((await reader.put({ documentId: beta, name: "Beta plan.txt" }, "b")).status).toBe(200);
  await reader.trpc.documents.createFolder.mutate({ name: "Box" });
  await loseDataKey(app.world, unindexed.tenantId, 1, "index");
  await replaceLostKeys({ keyring: app.world.pool("keyring", "worker"), kms: app.kms }, unindexed.tenantId);
  // A process that has just begun holds no lease of what is lost.
  await app.process.stop();
  await app.world.start("application", { TOKEN_ISSUERS: JSON.stringify(app.issuers) });
  expect((await member.put({ documentId: fresh, name: "New plan.txt" }, "what is there")).status).toBe(200);
});
afterAll(() => app?.[Symbol.asyncDispose]());

test("lists go on, with something in the place of names that are lost", async () => {
  const { documents, folders } = await member.trpc.documents.list.query({});
  expect(documents.map(({ documentId, name, nameLost }) => [documentId, name, nameLost])).toEqual([
    [fresh, "New plan.txt", false],
    [scan, "Name lost", true],
    [plan, "Name lost", true],
  ]);
  expect(documents[1]).toMatchObject({ contentType: "application/octet-stream", preview: null, sizeBytes: 12 });
  expect(folders).toEqual([{ folderId, ...lostName }]);
  expect(await member.trpc.documents.list.query({ folderId })).toMatchObject({ path: [{ folderId, ...lostName }], documents: [] });
  expect((await call("GET", "/v1/documents")).body.documents[2]).toMatchObject({ documentId: plan, ...lostName });
  const found = async (search: string) =>
    (await member.trpc.documents.list.query({ search })).documents.map(({ documentId }) => documentId);
  expect(await found("plan")).toEqual([fresh, plan]);
  expect(await found("la")).toEqual([fresh]);
  expect(await owner.trpc.apiKeys.list.query()).toEqual([expect.objectContaining(lostName)]);
  const stored = (await owner.trpc.audit.list.query({ action: "document.uploaded" })).map(({ target, details }) => [target, details]);
  const named = new Map(stored as [string, Record<string, unknown>][]);
  expect(named.get(fresh)).toMatchObject({ name: "New plan.txt" });
  expect(named.get(plan)).toMatchObject({ nameLost: true });
  await sealAudit(app.world.pool("application", "worker"), "application");
  const chain = await owner.trpc.audit.chain.query({});
  const sealed = (id: string) => chain.find(({ target, action }) => target === id && action === "document.uploaded")?.sealedDetails;
  expect([sealed(plan), sealed(fresh)]).toEqual([null, JSON.stringify({ name: "New plan.txt" })]);
});

test("what is read by itself is refused, and says why", async () => {
  await expect(member.trpc.documents.get.query({ documentId: plan })).rejects.toEqual(keyLost);
  await expect(member.trpc.documents.getFolder.query({ folderId })).rejects.toEqual(keyLost);
  for (const path of [`/v1/documents/${plan}`, `/v1/documents/${plan}/body`, `/v1/folders/${folderId}`]) {
    const { status, body } = await call("GET", path);
    expect([path, status, body.reason]).toEqual([path, 412, "key-lost"]);
    expect(body.detail).toMatch(/lost on \d{4}-\d\d-\d\d.*owners can ask support/);
  }
  const download = await member.get(plan);
  expect([download.status, await download.json()]).toEqual([
    412,
    { error: expect.objectContaining({ code: "PRECONDITION_FAILED", reason: "key-lost" }) },
  ]);
  expect(await (await member.get(fresh)).text()).toBe("what is there");
});

test("a version that nobody knows of, and bytes that were changed, are faults as before", async () => {
  const own = newId("document");
  expect((await member.put({ documentId: own, name: "Tampered.txt" }, "x")).status).toBe(200);
  const set = (byte: number, value: number) =>
    app.query("update app.documents set name_cipher = set_byte(name_cipher, $2, $3) where document_id = $1", [own, byte, value]);
  const listed = async () => (await call("GET", "/v1/documents")).status;
  try {
    await set(4, 7);
    expect([await listed(), (await call("GET", `/v1/documents/${own}`)).status]).toEqual([500, 500]);
    await loseDataKey(app.world, tenant.tenantId, 7);
    expect([await listed(), (await call("GET", `/v1/documents/${own}`)).status]).toEqual([200, 412]);
    await set(4, 2);
    expect(await listed()).toBe(200);
    await set(20, 0);
    await set(21, 0);
    expect(await listed()).toBe(500);
  } finally {
    expect((await call("DELETE", `/v1/documents/${own}`)).status).toBe(204);
  }
});

test("an export names what it lacks", async () => {
  const [context, exportId] = [contextOf(), newId("export")];
  const read = async (name: string) => {
    const chunks: Buffer[] = [];
    for await (const chunk of readPart(app.kit, context, exportId, name)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const page = await exportDocuments(app.kit, context, log, { exportId, number: 0, after: "" });
  expect(page).toMatchObject({ documents: 3, unreadable: 2 });
  const parts = [...page.parts];
  for (const source of ["folders", "api_keys", "audit"] as const) {
    const { lines } = await exportRows[source](app.kit, context, "");
    parts.push(await writePart(app.kit, context, { exportId, section: source, number: 0 }, textOf(lines)));
  }
  const layout = await writePart(app.kit, context, { exportId, section: "layout", number: 0 }, textOf(ndjson(parts)));
  const at = new Date().toISOString();
  const about = { operationId: null, requestedAt: at, startedAt: at, consistency: "per-row" as const, missing: ["members.names"] };
  const { indexName, missing: told } = await finishExport(app.kit, context, { exportId, layout: [layout], about });
  const { pieces } = archiveIndex.parse(JSON.parse(await read(indexName)));
  const piece = pieces.find((one) => one.kind === "file" && one.path === manifestPath);
  const { missing, counts } = JSON.parse(await read(piece?.parts[0]?.name ?? "")) as Manifest;
  expect(missing?.toSorted()).toEqual(["api-keys.names", "audit.details", "documents.names", "folders.names", "members.names"]);
  expect(told).toEqual(missing);
  expect(told.filter((what) => !(what in missingLabels))).toEqual([]);
  expect(counts).toMatchObject({ documents: 3, unreadable: 2 });
  const lines = (await read(parts.find(({ section }) => section === "documents")?.name ?? "")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line)).find(({ documentId }) => documentId === plan)).toMatchObject({ ...lostName, file: null });
});

async function reencrypt(of: ApplicationTenant, version: number) {
  const total = { cells: 0, bodies: 0, unreadable: 0, lost: 0, indexed: 0 };
  for (let cursor: Parameters<typeof reencryptPage>[3]["cursor"], first = true; first || cursor !== undefined; first = false) {
    const page = await reencryptPage(app.kit, contextOf(of), log, { version, cursor });
    for (const count of ["cells", "bodies", "unreadable", "lost", "indexed"] as const) total[count] += page[count];
    cursor = page.cursor;
  }
  return total;
}

test("names are found again by an index key that was made anew; one that was taken meanwhile is found beside the other", async () => {
  const found = async (search: string) =>
    (await reader.trpc.documents.list.query({ search })).documents.map(({ documentId }) => documentId);
  expect([await found("alpha"), await found("plan")]).toEqual([[], []]);
  expect((await reader.put({ documentId: second, name: "Alpha plan.txt" }, "c")).status).toBe(200);
  expect(await found("plan")).toEqual([second]);
  expect(await reencrypt(unindexed, 1)).toEqual({ cells: 0, bodies: 0, unreadable: 0, lost: 0, indexed: 2 });
  expect([await found("alpha"), await found("beta")]).toEqual([[second, alpha], [beta]]);
  expect((await reader.put({ documentId: newId("document"), name: "beta PLAN.txt" }, "d")).status).toBe(409);
  await expect(reader.trpc.documents.createFolder.mutate({ name: "box" })).rejects.toMatchObject({ data: { reason: "name-taken" } });
  expect(await reencrypt(unindexed, 1)).toMatchObject({ indexed: 0 });
  await reader.trpc.documents.rename.mutate({ documentId: alpha, name: "Gamma.txt" });
  expect([await found("gamma"), await found("alpha")]).toEqual([[alpha], [second]]);
});

test("a rotation passes over what is lost, counts it, and waits for none of it", async () => {
  await addVersion(3);
  const total = await reencrypt(tenant, 3);
  // Two documents with name, type and body; a folder; a key; what the log says of them.
  expect(total).toMatchObject({ bodies: 1, unreadable: 0, indexed: 0 });
  expect(total.lost).toBeGreaterThanOrEqual(11);
  const worker = app.world.pool("application", "worker");
  expect(await countUnderOldKeys(worker, tenant.tenantId, 3)).toMatchObject({ bodies: 2 });
  expect(await countUnderOldKeys(worker, tenant.tenantId, 3, [1])).toEqual({ cells: 0, bodies: 0 });
});

test("what has lost its name is given another, and deleted", async () => {
  expect((await call("PATCH", `/v1/documents/${plan}`, { name: "Found again.txt" })).body).toMatchObject({
    name: "Found again.txt",
    nameLost: false,
    contentType: "application/octet-stream",
  });
  expect(await member.trpc.documents.get.query({ documentId: plan })).toMatchObject({ name: "Found again.txt", nameLost: false });
  expect((await call("GET", `/v1/documents/${plan}/body`)).body).toMatchObject({ status: 412, reason: "key-lost" });
  const [renamed] = await owner.trpc.audit.list.query({ action: "document.renamed" });
  expect(renamed).toMatchObject({ target: plan, details: { name: "Found again.txt" } });
  expect((await call("PATCH", `/v1/folders/${folderId}`, { name: "Folder" })).body).toMatchObject({ name: "Folder", nameLost: false });
  for (const path of [`/v1/documents/${plan}`, `/v1/documents/${scan}`, `/v1/folders/${folderId}`]) {
    expect([path, (await call("DELETE", path)).status]).toEqual([path, 204]);
  }
  expect((await member.trpc.documents.list.query({})).documents.map(({ name }) => name)).toEqual(["New plan.txt"]);
});
