import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { buildPage, firstCursor } from "@leasehold/activities/offboarding/exports/build-page";
import type { ExportDependencies } from "@leasehold/activities/offboarding/exports/dependencies";
import { askForExport as askPlane } from "@leasehold/activities/offboarding/exports/export-place";
import type { DocumentLine, Manifest } from "@leasehold/archive/format";
import { verifyArchive } from "@leasehold/archive/verify-archive";
import { withConnection } from "@leasehold/db/client";
import { noteRotation } from "@leasehold/db/control/keys/note-tenant-key";
import { addressMail, listUnaddressedMail, type UnaddressedMail } from "@leasehold/db/control/mail/address-mail";
import { expireExport, failExport, finishExport } from "@leasehold/db/control/offboarding/exports/end-export";
import { readMissing } from "@leasehold/db/control/offboarding/exports/export-people";
import { findExport } from "@leasehold/db/control/offboarding/exports/read-export";
import { beginExport, listSection, recordPage } from "@leasehold/db/control/offboarding/exports/record-parts";
import { requestOffboardingExport } from "@leasehold/db/control/offboarding/exports/request-offboarding-export";
import { withControl } from "@leasehold/db/control/with-control";
import { newId } from "@leasehold/domain/ids";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import { missingLabels } from "@leasehold/domain/offboarding/exports";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { appUrl } from "@leasehold/infra/local/stack-env";
import { sealPeople } from "@leasehold/tenancy/mail/seal-people";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { askForExport, awaitExport, fetchArchive, linesOf, readWhole, saveArchive } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let tenant: RequestedTenant;
let documents: DocumentsClient;
let needs: ExportDependencies;
let stopWorker: () => Promise<unknown>;
const bodies = new Map<string, string>();
const signal = new AbortController().signal;
const requestId = newId("request");
const sum = (body: Buffer) => createHash("sha256").update(body).digest("hex");

beforeAll(async () => {
  world = await createWorld();
  await world.start("application", issuersWithoutPortal(world.stack));
  const worker = await world.start("worker");
  stopWorker = () => worker.stop();
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  documents = documentsOf(world, { ...tenant, plan: "pro" });
  for (let n = 0; n < 12; n++) await store(`Report ${n}.txt`, n * 9_000);
  needs = {
    control: world.pool("control", "worker"),
    retryForMs: 1_000,
    applicationDatabaseUrl: "",
    s3: new S3Client(world.aws("worker")),
    applicationUrl: appUrl(world.stack, "application"),
    tokenKey: world.stack.secrets.workerTokenKey,
    peopleKey: world.stack.secrets.mailKey,
    peopleWaitMs: 60_000,
    startExportRun: async () => undefined,
  };
  await stopWorker();
});
afterAll(() => world[Symbol.asyncDispose]());

async function store(name: string, bytes: number): Promise<string> {
  const body = randomBytes(bytes);
  const id = await documents.store(name, body);
  bodies.set(id, sum(body));
  return id;
}

/** What the activity does, with a fault of one's choosing between an effect and its record. */
async function build(
  exportId: ExportId,
  fault: (step: number) => "none" | "lost" | "late" = () => "none",
  changes: Partial<ExportDependencies> = {},
) {
  const ref = { tenantId: tenant.tenantId, exportId };
  const caller = { ...ref, plan: "pro", requestId, signal };
  let step = 0;
  for (;;) {
    const { cursor, frozen, createdAt, startedAt } = await beginExport(needs.control, ref, firstCursor);
    if (cursor.source === "finish") {
      const layout = (await listSection(needs.control, ref, "layout")).map(({ name, bytes }) => ({ name, bytes }));
      const consistency = frozen ? ("snapshot" as const) : ("per-row" as const);
      const about = {
        operationId: null,
        requestedAt: createdAt.toISOString(),
        startedAt: startedAt.toISOString(),
        consistency,
        missing: await readMissing(needs.control, ref),
      };
      const finish = () => askPlane(needs, caller, ({ exports }, options) => exports.finish.mutate({ exportId, layout, about }, options));
      if (fault(step) !== "none") await finish();
      return finishExport(needs.control, ref, await finish(), requestId);
    }
    const how = fault(step++);
    const page = await buildPage({ ...needs, ...changes }, caller, cursor);
    if (how === "lost") continue;
    await recordPage(needs.control, ref, cursor, page);
    if (how !== "late") continue;
    // An attempt that was taken for dead comes after the one that followed it.
    const late = await buildPage(needs, caller, cursor);
    await expect(recordPage(needs.control, ref, cursor, late)).rejects.toMatchObject({ reason: "export-page-recorded" });
  }
}

async function contentsOf(exportId: ExportId) {
  const found = await findExport(world.pool("control", "portal"), tenant.tenantId, exportId);
  if (found === undefined) throw new Error("there is no export");
  await using file = await saveArchive(await fetchArchive(world, tenant, found));
  expect((await verifyArchive(createReadStream(file.path))).problems).toEqual([]);
  const files = await readWhole(createReadStream(file.path));
  return { found, files, lines: linesOf<DocumentLine>(files, "documents.ndjson") };
}

/** An export whose command nobody carries out: the worker is not there. */
const ask = () => askForExport(world, tenant);

test.each(["lost", "late"] as const)("a crash at every boundary, its page %s: no gap, no double", async (kind) => {
  const exportId = await ask();
  let turn = 0;
  await build(exportId, () => (kind === "late" || turn++ % 2 === 0 ? kind : "none"));
  const { lines, found } = await contentsOf(exportId);
  expect(lines.map(({ documentId, sha256 }) => [documentId, sha256])).toEqual([...bodies].sort(([a], [b]) => (a < b ? -1 : 1)));
  expect(found).toMatchObject({ state: "READY", documents: bodies.size });
});

test("documents that change meanwhile are each whole: renamed, added and deleted ones", async () => {
  const exportId = await ask();
  const ref = { tenantId: tenant.tenantId, exportId };
  const caller = { ...ref, plan: "pro", requestId, signal };
  const [first, second] = [...bodies.keys()].sort();
  const { cursor: begin } = await beginExport(needs.control, ref, firstCursor);
  const begun = await buildPage(needs, caller, begin);
  await recordPage(needs.control, ref, begin, begun);
  await documents.rename(first as string, "Renamed before its page.txt");
  await remove(second as string);
  const added = await store("Added before its page.txt", 10);
  const page = await buildPage(needs, caller, begun.next);
  await recordPage(needs.control, ref, begun.next, page);
  await documents.rename(first as string, "Renamed after its page.txt");
  const late = await store("Added after its page.txt", 10);
  await build(exportId);
  const { lines } = await contentsOf(exportId);
  const named = new Map(lines.map(({ documentId, name }) => [documentId, name]));
  expect(named.get(first as string)).toBe("Renamed before its page.txt");
  expect([named.has(second as string), named.has(added), named.has(late)]).toEqual([false, true, false]);
});

async function remove(documentId: string): Promise<void> {
  const token = await world.tokenFor(tenant);
  const url = `${appUrl(world.stack, "application")}/v1/documents/${documentId}`;
  const headers = { authorization: `Bearer ${token}`, "idempotency-key": newId("event") };
  expect((await fetch(url, { method: "DELETE", headers })).status).toBe(204);
  bodies.delete(documentId);
}

test("a body that was lost is named and left out; everything else is there", async () => {
  const lost = await store("Lost.txt", 200_000);
  const { rows } = await world.pool("application", "auditor").query("select object_key from app.documents where document_id = $1", [lost]);
  await new S3Client(world.aws("root")).send(new DeleteObjectCommand({ Bucket: world.stack.aws.poolBucket, Key: rows[0].object_key }));
  const exportId = await ask();
  await build(exportId);
  const { lines, found, files } = await contentsOf(exportId);
  expect(found.unreadable).toBe(1);
  expect(lines.find(({ documentId }) => documentId === lost)).toMatchObject({ file: null, sha256: null, name: "Lost.txt" });
  expect(JSON.parse(files.get("manifest.json")?.toString() ?? "").counts).toMatchObject({ unreadable: 1, documents: bodies.size });
  await remove(lost);
});

describe("where nobody has told of the members' names", () => {
  const members = (files: Map<string, Buffer>) =>
    linesOf<{ userId: string; name: string | null; email: string | null }>(files, "members.ndjson");
  const manifestOf = (files: Map<string, Buffer>) => JSON.parse(files.get("manifest.json")?.toString() ?? "") as Manifest;
  /** As an operator's closing leaves it: nobody has sealed anything. */
  async function askWithoutPeople(): Promise<ExportId> {
    const exportId = newId("export");
    await asOwner(`delete from control.export_people where tenant_id = '${tenant.tenantId}';
      insert into control.exports (tenant_id, export_id, requested_by) values ('${tenant.tenantId}', '${exportId}', 'operator:x')`);
    return exportId;
  }

  test("the portal is asked, and waited for", async () => {
    const portal = world.pool("control", "portal");
    const exportId = await askWithoutPeople();
    const built = build(exportId);
    const asked = await expect
      .poll(async () => (await listUnaddressedMail(portal)).find(({ requestKey }) => requestKey === `export-people:${exportId}`), {
        timeout: 30_000,
      })
      .toBeDefined()
      .then(async () => (await listUnaddressedMail(portal)).find(({ requestKey }) => requestKey === `export-people:${exportId}`));
    expect(await findExport(portal, tenant.tenantId, exportId)).toMatchObject({ state: "RUNNING" });
    const people = [{ userId: tenant.userId, name: "Ada Lovelace", email: tenant.email }];
    await addressMail(portal, asked as UnaddressedMail, [], await sealPeople(publicHalf(world.stack.secrets.mailKey), people));
    await built;
    const { files } = await contentsOf(exportId);
    expect(members(files)).toMatchObject(people);
    expect(manifestOf(files).missing).toEqual([]);
  });

  test("after a while it does without, and the manifest names what is missing", async () => {
    const exportId = await askWithoutPeople();
    await build(exportId, (step) => (step % 2 === 0 ? "lost" : "none"), { peopleWaitMs: 0 });
    const { files } = await contentsOf(exportId);
    expect(members(files)).toMatchObject([{ userId: tenant.userId, name: null, email: null }]);
    expect(manifestOf(files).missing).toEqual(["members.names"]);
    const shown = await findExport(world.pool("control", "portal"), tenant.tenantId, exportId);
    expect(shown?.missing.map((what) => missingLabels[what])).toEqual([expect.stringContaining("members")]);
  });
});

test("owners are told once when an export fails, and nobody of one that another took the place of", async () => {
  const exportId = await ask();
  const ref = { tenantId: tenant.tenantId, exportId };
  for (const _ of [1, 2]) await failExport(needs.control, ref, "failed", requestId);
  const told = await withControl(needs.control, tenant, (tx) =>
    tx.execute(
      sql`select request_key, props from control.mail_requests where tenant_id = ${tenant.tenantId} and template = 'export-failed'`,
    ),
  );
  expect(told.rows).toEqual([{ request_key: `export-failed:${exportId}`, props: { exportId, failure: "failed", closing: false } }]);
});

test("an export's days end by the clock of whoever asks, and its objects with them", async () => {
  const exportId = await ask();
  await build(exportId);
  const ref = { tenantId: tenant.tenantId, exportId };
  const { found } = await contentsOf(exportId);
  const ends = found.expiresAt?.getTime() ?? 0;
  expect(Math.abs(ends - (found.readyAt?.getTime() ?? 0) - 7 * 86_400_000)).toBeLessThan(10);
  expect(await expireExport(needs.control, ref, new Date(ends - 1), requestId)).toMatchObject({ outcome: "kept" });
  expect(await expireExport(needs.control, ref, new Date(ends), requestId)).toEqual({ outcome: "ended" });
  expect(await expireExport(needs.control, ref, new Date(ends), requestId)).toEqual({ outcome: "ended" });
  expect((await awaitExport(world, tenant.tenantId, exportId)).state).toBe("EXPIRED");
});

test("a rotation of the data key ends what is under the older one", async () => {
  const exportId = await ask();
  await build(exportId);
  await withControl(needs.control, tenant, (tx) => noteRotation(tx, tenant.tenantId, 1));
  expect((await awaitExport(world, tenant.tenantId, exportId)).state).toBe("READY");
  await withControl(needs.control, tenant, (tx) => noteRotation(tx, tenant.tenantId, 2));
  expect((await awaitExport(world, tenant.tenantId, exportId)).state).toBe("EXPIRED");
});

test("while the workspace is being closed an export is a snapshot, kept for as long; one that was begun before is given up", async () => {
  const before = await ask();
  const operationId = newId("operation");
  await asOwner(`insert into control.operations (tenant_id, operation_id, kind, state, workflow_id, requested_by)
    values ('${tenant.tenantId}', '${operationId}', 'release', 'SUCCEEDED', 'offboarding:${operationId}', 'user:x');
    update control.tenants set state = 'CLOSING' where tenant_id = '${tenant.tenantId}'`);
  const asked = { tenantId: tenant.tenantId, operationId, requestId };
  const { exportId, superseded } = await requestOffboardingExport(needs.control, asked);
  expect(superseded).toEqual([before]);
  expect(await requestOffboardingExport(needs.control, asked)).toEqual({ exportId, superseded: [] });
  expect(await findExport(needs.control, tenant.tenantId, before)).toMatchObject({ state: "FAILED", failureCode: "superseded" });
  await expect(build(before)).rejects.toMatchObject({ reason: "export-not-open" });
  await build(exportId);
  const { found, files } = await contentsOf(exportId);
  expect(found).toMatchObject({ state: "READY", frozen: true, expiresAt: null });
  expect(JSON.parse(files.get("manifest.json")?.toString() ?? "")).toMatchObject({ consistency: "snapshot" });
  const ref = { tenantId: tenant.tenantId, exportId };
  const inAYear = new Date(Date.now() + 365 * 86_400_000);
  expect(await expireExport(needs.control, ref, inAYear, requestId)).toEqual({ outcome: "kept", until: null });
  await asOwner(`update control.tenants set state = 'ACTIVE' where tenant_id = '${tenant.tenantId}'`);
  const kept = await expireExport(needs.control, ref, new Date(), requestId);
  expect(kept).toMatchObject({ outcome: "kept", until: expect.any(Date) });
});

async function asOwner(statements: string): Promise<void> {
  await withConnection(world.ownerUrl("control"), async (client) => {
    await client.query(`begin; alter table control.tenants disable trigger user; alter table control.operations disable trigger user; ${statements};
      alter table control.tenants enable trigger user; alter table control.operations enable trigger user; commit`);
  });
}
