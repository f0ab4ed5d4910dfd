import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { DocumentLine, FolderLine } from "@leasehold/archive/format";
import { verifyArchive } from "@leasehold/archive/verify-archive";
import { verifyExport } from "@leasehold/db/audit/verify-export";
import { newId } from "@leasehold/domain/ids";
import { objectPrefixOf } from "@leasehold/domain/placement";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { askForExport, awaitExport, fetchArchive, linesOf, readWhole, saveArchive } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let tenant: RequestedTenant;
let documents: DocumentsClient;

beforeAll(async () => {
  world = await createWorld();
  await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  documents = documentsOf(world, { ...tenant, plan: "pro" });
});
afterAll(() => world[Symbol.asyncDispose]());

const objectsOf = async (exportId: string) => {
  const Prefix = `${objectPrefixOf(tenant.tenantId)}exports/${exportId}/`;
  const { Contents = [] } = await new S3Client(world.aws("root")).send(
    new ListObjectsV2Command({ Bucket: world.stack.aws.poolBucket, Prefix }),
  );
  return Contents.length;
};

test("an export holds everything, verifies, reads as the audit log does, and is mailed about", async () => {
  const folderId = await documents.createFolder("Verträge");
  const bodies = new Map<string, Buffer>();
  for (const [name, bytes] of [
    ["Report.txt", 1_000],
    ["Empty.txt", 0],
    ["con.txt", 10],
    [`${"ü".repeat(180)}.bin`, 300_000],
    ["..…trailing dots...", 64 * 1024],
    ["=cmd|' |calc.csv", 5],
  ] as const) {
    const body = randomBytes(bytes);
    bodies.set(await documents.store(name, body), body);
  }
  const exportId = await askForExport(world, tenant);
  const ready = await awaitExport(world, tenant.tenantId, exportId);
  expect(ready).toMatchObject({ state: "READY", documents: 6, documentsExpected: 6, unreadable: 0, frozen: false });

  await using file = await saveArchive(await fetchArchive(world, tenant, ready));
  const verdict = await verifyArchive(createReadStream(file.path));
  expect(verdict.problems).toEqual([]);
  expect(verdict.files).toBe(ready.files);
  expect(verdict.manifest).toMatchObject({
    exportId,
    tenantId: tenant.tenantId,
    consistency: "per-row",
    counts: { documents: 6, folders: 1, members: 1 },
  });

  const files = await readWhole(createReadStream(file.path));
  const lines = linesOf<DocumentLine>(files, "documents.ndjson");
  for (const line of lines) expect(files.get(line.file ?? "")?.equals(bodies.get(line.documentId) as Buffer), line.name).toBe(true);
  expect(lines.map(({ name }) => name)).toContain("con.txt");
  expect(lines.find(({ name }) => name === "con.txt")?.file).toMatch(/^documents\/doc_\w+\/_con\.txt$/);
  expect(linesOf<FolderLine>(files, "folders.ndjson")).toMatchObject([{ folderId, name: "Verträge", parentId: null }]);
  expect(linesOf(files, "members.ndjson")).toMatchObject([{ userId: tenant.userId, role: "owner", email: tenant.email }]);
  expect(JSON.parse(files.get("settings.json")?.toString() ?? "")).toMatchObject({ slug: tenant.slug, plan: "pro" });
  expect(files.get("usage.csv")?.toString()).toMatch(/^metric,quantity,limit,at\r\ndocuments,6,/);

  const audit = verifyExport(files.get("audit.ndjson")?.toString() ?? "", []);
  expect(audit.problems).toEqual([]);
  expect(audit.verified.application).toBeGreaterThanOrEqual(7);
  expect(audit.verified.control).toBeGreaterThan(1);
  await expect.poll(async () => (await world.mailTo(tenant.email)).map(({ Subject }) => Subject)).toContain("Your export is ready");
});

test("asked again under one key it is the same export; while one is open another is refused", async () => {
  const key = newId("command");
  const [first, again] = await Promise.all([askForExport(world, tenant, key), askForExport(world, tenant, key)]);
  expect(first).toBe(again);
  await awaitExport(world, tenant.tenantId, first);
});

test("a newer export takes the older one's place, objects and all", async () => {
  const older = await askForExport(world, tenant);
  expect((await awaitExport(world, tenant.tenantId, older)).state).toBe("READY");
  expect(await objectsOf(older)).toBeGreaterThan(5);
  const newer = await askForExport(world, tenant);
  await expect(askForExport(world, tenant)).rejects.toMatchObject({ code: "CONFLICT", reason: "export-open" });
  expect((await awaitExport(world, tenant.tenantId, newer)).state).toBe("READY");
  expect((await awaitExport(world, tenant.tenantId, older)).state).toBe("EXPIRED");
  await expect.poll(() => objectsOf(older)).toBe(0);
});

test("a download that broke off goes on where it was, byte for byte", async () => {
  await documents.store("Middle.bin", randomBytes(700_000));
  const ready = await awaitExport(world, tenant.tenantId, await askForExport(world, tenant));
  const whole = Buffer.from(await (await fetchArchive(world, tenant, ready)).arrayBuffer());
  expect(whole.length).toBe(ready.bytes);
  for (const first of [0, 1, 511, 512, 70_000, 300_001, whole.length - 1]) {
    const answer = await fetchArchive(world, tenant, ready, { range: `bytes=${first}-` });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${first}-${whole.length - 1}/${whole.length}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(first)), `from ${first}`).toBe(true);
  }
  const middle = await fetchArchive(world, tenant, ready, { range: "bytes=1000-200000" });
  expect(Buffer.from(await middle.arrayBuffer()).equals(whole.subarray(1_000, 200_001))).toBe(true);
  expect((await fetchArchive(world, tenant, ready, { range: `bytes=${whole.length}-` })).status).toBe(416);
});

test("another tenant's owner, and a viewer of one's own, get nothing", async () => {
  const ready = await awaitExport(world, tenant.tenantId, await askForExport(world, tenant));
  const url = `http://127.0.0.1:${world.stack.ports.application}/exports/${ready.exportId}/archive?index=${ready.indexName}`;
  const asks = async (token: string) => (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
  for (const role of ["admin", "member", "viewer"] as const) {
    expect(await asks(await world.tokenFor({ ...tenant, roles: [role] })), role).toBe(403);
  }
  const other = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, other)).state).toBe("SUCCEEDED");
  expect(await asks(await world.tokenFor(other))).toBe(404);
});
